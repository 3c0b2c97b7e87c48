import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeCatalogs, freshPlace, stillClock } from '../../test/catalogs.ts';
import { answers, queryTerms } from '../query/terms.ts';
import { chooseFor, saveCandidates } from './candidate.ts';
import { addLibrary, modelFacts, versionFacts, versionFileFacts } from './facts-samples.ts';
import { saveModels } from './model.ts';
import { openCatalog } from './open.ts';
import type { Catalog } from './open.ts';
import { termsText } from './search-doc.ts';
import { indexFiles, searchFiles } from './search.ts';
import { upsert } from './upsert.ts';
import { saveVersions } from './version.ts';

async function knownFile(catalog: Catalog): Promise<number> {
  const [file] = await addLibrary(catalog, [{ path: 'Styles/ink_xl.safetensors', sha256: 'aa' }]);
  const creator = { username: 'Ada_L', image: undefined };
  await saveModels(
    catalog,
    [modelFacts({ name: 'Ink Wash', description: '<p>soft <b>brushes</b></p>', creator, tags: ['水墨画'] })],
    1,
  );
  await saveVersions(
    catalog,
    [
      versionFacts({
        name: 'v2',
        baseModel: 'SDXL 1.0',
        trainedWords: ['shuimobysim'],
        description: 'Änderungen',
        files: [versionFileFacts({ name: 'uploadName.pt' })],
      }),
    ],
    1,
  );
  await saveCandidates(catalog, [
    { blobId: file?.blobId ?? 0, versionId: 10, modelId: 1, civitaiFileId: 100 },
  ]);
  await chooseFor(catalog, [file?.fileId ?? 0], 1);
  return file?.fileId ?? 0;
}

describeCatalogs('search', (open) => {
  it('finds a file by everything that is known of it', async () => {
    const catalog = await open();
    const id = await knownFile(catalog);

    await indexFiles(catalog, [id, 999]);

    for (const typed of [
      'ink',
      'WASH v2',
      'shuimo',
      '墨',
      '墨画',
      'ada',
      'sdxl1',
      'lora',
      'brush',
      'anderungen',
      'upload',
      'styles',
      'ink_xl.safet',
      '"ink wash" sof',
      '',
    ]) {
      expect([typed, await searchFiles(catalog, typed, { limit: 9 })]).toEqual([typed, [id]]);
    }
    for (const typed of ['nk', 'ink oil', '画墨', 'was x', 'b1']) {
      expect([typed, await searchFiles(catalog, typed, { limit: 9 })]).toEqual([typed, []]);
    }
  });

  it('follows what changes, and forgets what is gone', async () => {
    const catalog = await open();
    const id = await knownFile(catalog);
    await indexFiles(catalog, [id]);
    await saveModels(catalog, [modelFacts({ name: 'Oil Paint' })], 2);

    await indexFiles(catalog, [id]);

    expect(await searchFiles(catalog, 'oil', { limit: 9 })).toEqual([id]);
    expect(await searchFiles(catalog, 'wash', { limit: 9 })).toEqual([]);

    await catalog.write((trx) => trx.updateTable('file').set({ state: 'gone' }).execute());
    expect(await searchFiles(catalog, 'oil', { limit: 9 })).toEqual([]);
    await indexFiles(catalog, [id]);
    expect(await catalog.db.selectFrom('search_doc').selectAll().execute()).toEqual([]);
  });

  it('measures the place of whole words, not of parts of others', async () => {
    const catalog = await open();
    const [first, second] = await addLibrary(catalog, [{ path: 'a.pt' }, { path: 'b.pt' }]);
    const docs = [
      { kind: 'file' as const, subject: first?.fileId ?? 0, terms: 'sink wash ink' },
      { kind: 'file' as const, subject: second?.fileId ?? 0, terms: 'xxxx ink wash' },
    ];
    await catalog.write((trx) => upsert(trx, 'search_doc', docs, { key: ['kind', 'subject'] }));

    expect(await searchFiles(catalog, 'ink wash', { limit: 9 })).toEqual([second?.fileId, first?.fileId]);
  });

  it('puts names before descriptions', async () => {
    const catalog = await open();
    const [first, second] = await addLibrary(catalog, [{ path: 'other thing.pt' }, { path: 'ink.pt' }]);
    const docs = [
      { kind: 'file' as const, subject: first?.fileId ?? 0, terms: 'other thing ink' },
      { kind: 'file' as const, subject: second?.fileId ?? 0, terms: 'ink pt' },
    ];
    await catalog.write((trx) => upsert(trx, 'search_doc', docs, { key: ['kind', 'subject'] }));

    expect(await searchFiles(catalog, 'ink', { limit: 9 })).toEqual([second?.fileId, first?.fileId]);
    expect(await searchFiles(catalog, 'ink', { limit: 1 })).toEqual([second?.fileId]);
  });
});

describe('search on both engines', () => {
  it('gives the same files in the same order, and those that the browser would find', async () => {
    const places = [await freshPlace('sqlite'), await freshPlace('postgres')];
    const catalogs = await Promise.all(
      places.map((place) => openCatalog(place.location, { clock: stillClock })),
    );
    const anyWord = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'aAbB12éß水墨한カ_- .\'"&|!:*()\\'), maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyWord, { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
        fc.array(anyWord, { maxLength: 3 }),
        async (corpus, typed) => {
          const terms = corpus.map((words) => termsText({ names: words, words: [], descriptions: [] }));
          const found = await Promise.all(
            catalogs.map((catalog) => searchAmong(catalog, terms, typed.join(' '))),
          );
          const query = queryTerms(typed.join(' '));

          expect(found[1]).toEqual(found[0]);
          expect(found[0]?.toSorted()).toEqual(
            [...terms.keys()].filter((index) => answers(terms[index] ?? '', query)),
          );
        },
      ),
      { numRuns: 60 },
    );
    await Promise.all(catalogs.map((catalog) => catalog.close()));
    await Promise.all(places.map((place) => place.remove()));
  });
});

/** Which of the documents, by index, are found. */
async function searchAmong(catalog: Catalog, terms: readonly string[], typed: string): Promise<number[]> {
  const files = await addLibrary(catalog, terms.map((_terms, index) => ({ path: `${index}.pt` }))); // prettier-ignore
  const docs = files.map((file, index) => ({
    kind: 'file' as const,
    subject: file.fileId,
    terms: terms[index] ?? '',
  }));
  await catalog.write(async (trx) => {
    await trx.deleteFrom('search_doc').execute();
    await upsert(trx, 'search_doc', docs, { key: ['kind', 'subject'] });
  });
  const found = await searchFiles(catalog, typed, { limit: 100 });
  return found.map((id) => files.findIndex((file) => file.fileId === id));
}
