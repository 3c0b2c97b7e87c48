import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { indexFiles, searchFiles } from './search.ts';
import { fieldsOf, notesOfRoot, saveNotes } from './user-field.ts';
import type { NotedFile } from './user-field.ts';
import { viewCards } from './view-card.ts';
import { viewModelFiles } from './view-model-file.ts';
import { addSampleLibrary } from './view-samples.ts';

function noted(
  fileId: number,
  fields: NotedFile['fields'],
  notes: NotedFile['notes'] = [{ name: 'ink.json', size: 5, mtimeNs: '7' }],
): NotedFile {
  return { fileId, fields, notes };
}

describeCatalogs('notes beside files', (open) => {
  it('are replaced as a whole, and tell which files changed', async () => {
    const catalog = await open();
    const { known, own } = await addSampleLibrary(catalog);
    const notes = { field: 'notes', value: 'mine', origin: 'a1111' } as const;
    const title = { field: 'title', value: 'My ink', origin: 'stability-matrix' } as const;

    expect(await saveNotes(catalog, [noted(known, [notes, title]), noted(own, [])], 1)).toEqual(
      new Set([known]),
    );
    expect(await saveNotes(catalog, [noted(known, [notes, title])], 2)).toEqual(new Set());
    expect(await saveNotes(catalog, [noted(known, [{ ...notes, value: 'other' }])], 3)).toEqual(
      new Set([known]),
    );
    expect(
      await saveNotes(catalog, [noted(known, [{ ...notes, value: 'other', origin: 'lora-manager' }])], 4),
    ).toEqual(new Set([known]));

    expect(await fieldsOf(catalog.db, [known, own])).toEqual([
      { file_id: known, field: 'notes', value: 'other', origin: 'lora-manager', at: 4 },
    ]);
  });

  it('keep the time at which a value was first read', async () => {
    const catalog = await open();
    const { known } = await addSampleLibrary(catalog);
    const said = noted(known, [{ field: 'notes', value: 'mine', origin: 'a1111' }]);

    await saveNotes(catalog, [said], 1);
    await saveNotes(catalog, [said], 2);

    expect((await fieldsOf(catalog.db, [known]))[0]?.at).toBe(1);
  });

  it('are known by size and time with the folder they lie in', async () => {
    const catalog = await open();
    const { known, rootId } = await addSampleLibrary(catalog);

    await saveNotes(catalog, [noted(known, [])], 1);
    expect(await notesOfRoot(catalog.db, rootId)).toEqual([
      { file_id: known, name: 'ink.json', size: 5, mtime_ns: '7', folder: 'Styles' },
    ]);
    await saveNotes(catalog, [noted(known, [], [])], 1);
    expect(await notesOfRoot(catalog.db, rootId)).toEqual([]);
  });

  it('show on page and card and are found by search', async () => {
    const catalog = await open();
    const { known, own, rootId } = await addSampleLibrary(catalog);
    await saveNotes(
      catalog,
      [
        noted(known, [
          { field: 'trained_words', value: '["kept word"]', origin: 'lora-manager' },
          { field: 'notes', value: 'good for <b>teapots</b>', origin: 'a1111' },
        ]),
      ],
      1,
    );
    await indexFiles(catalog, [known, own]);

    for await (const view of viewModelFiles(catalog, [known, own])) {
      expect(view.notes?.map((note) => note.field)).toEqual(
        view.fileId === known ? ['notes', 'trained_words'] : undefined,
      );
    }
    const cards = await viewCards(catalog, [rootId]);
    expect(cards.find((card) => card.fileId === known)?.about).toMatch(/^good for teapots First\./);
    expect(await searchFiles(catalog, 'teapots', { limit: 9 })).toEqual([known]);
    expect(await searchFiles(catalog, 'kept word', { limit: 9 })).toEqual([known]);
  });
});
