import { linkSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Copy } from '../../catalog/duplicates.ts';
import { planCopies } from './plan-copies.ts';
import type { CopyFacts } from './plan-copies.ts';

describe('which of equal files stays', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'civitarium-copies-'));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

  function copy(id: number, path: string, more: Partial<Copy> & { readonly text?: string } = {}): Copy {
    const { text = 'same', ...given } = more;
    const place = join(root, path);
    if (statSync(place, { throwIfNoEntry: false }) === undefined) writeFileSync(place, text);
    const { size, mtimeNs, ctimeNs, dev, ino } = statSync(place, { bigint: true });
    return {
      id,
      root_id: 1,
      blob_id: 1,
      path,
      raw_path: null,
      root_path: root,
      host_id: 'h',
      device: String(dev),
      inode: String(ino),
      mtime_ns: String(mtimeNs),
      ctime_ns: String(ctimeNs),
      hash_origin: 'read',
      sha256: sha(text),
      size: Number(size),
      place,
      tensors: null,
      ...given,
    };
  }

  function facts(copies: readonly Copy[], more: Partial<CopyFacts> = {}): CopyFacts {
    return {
      unchanged: new Set(copies.map((one) => one.id)),
      organised: new Set(),
      found: new Set(),
      signal: new AbortController().signal,
      ...more,
    };
  }

  async function going(copies: readonly Copy[], more: Partial<CopyFacts> = {}): Promise<string[][]> {
    const items = await planCopies([copies], 'duplicate', facts(copies, more));
    return items.map((item) => [item.path, item.kept?.path ?? ''].map((path) => path.slice(root.length + 1)));
  }

  it('is the one that was organised, then the shortest path, then the first by name', async () => {
    const copies = [copy(1, 'a long name.pt'), copy(2, 'b.pt'), copy(3, 'a.pt')];

    expect(await going(copies)).toEqual([
      ['b.pt', 'a.pt'],
      ['a long name.pt', 'a.pt'],
    ]);
    expect(await going(copies, { organised: new Set([1]) })).toEqual([
      ['a.pt', 'a long name.pt'],
      ['b.pt', 'a long name.pt'],
    ]);
  });

  it('says the rule for each', async () => {
    const copies = [copy(1, 'long.pt'), copy(2, 'b.pt'), copy(3, 'a.pt')];
    const why = async (more: Partial<CopyFacts>): Promise<string[]> =>
      (await planCopies([copies], 'duplicate', facts(copies, more))).map((item) => item.why);

    expect(await why({})).toEqual([
      `The same bytes are kept in ${root}/a.pt (the first by name).`,
      `The same bytes are kept in ${root}/a.pt (the shorter path).`,
    ]);
    expect((await why({ organised: new Set([1]) }))[0]).toContain('(that one was organised)');
  });

  it('leaves out links, second names of one file, and what is not as it was', async () => {
    copy(1, 'a.pt');
    symlinkSync(join(root, 'a.pt'), join(root, 'link.pt'));
    linkSync(join(root, 'a.pt'), join(root, 'second.pt'));
    const first = copy(1, 'a.pt');
    const changed = copy(5, 'changed.pt');
    writeFileSync(join(root, 'changed.pt'), 'else');
    // The same drive mounted twice: another device, the same file.
    const twice = { ...first, id: 4, device: '999' };

    expect(await going([first, copy(2, 'link.pt'), copy(3, 'second.pt'), twice, changed])).toEqual([]);
    const real = copy(6, 'real.pt');
    expect(await going([first, real])).toEqual([['real.pt', 'a.pt']]);
    expect(await going([first, real], { unchanged: new Set([1]) })).toEqual([]);
  });

  it('reads files whose hash another program noted', async () => {
    const [a, b] = [copy(1, 'a.pt'), copy(2, 'b b.pt', { text: 'not the same', sha256: sha('same') })];

    expect(await going([a, { ...b, hash_origin: 'sha256' }])).toEqual([]);
    expect(await going([a, { ...copy(3, 'c c.pt'), hash_origin: 'sha256' }])).toEqual([['c c.pt', 'a.pt']]);
  });

  it('is the one that the site knows where headers differ, and equal bytes are no matter of tensors', async () => {
    const copies = [copy(1, 'a.pt', { text: 'one' }), copy(2, 'much longer.pt', { text: 'two' })];
    const found = new Set([copies[1]?.sha256 ?? '']);

    const items = await planCopies([copies], 'same-tensors', facts(copies, { found }));

    expect(items.map((item) => item.path)).toEqual([join(root, 'a.pt')]);
    expect(items[0]?.why).toContain('the site knows that one');
    const same = [copy(3, 'c.pt'), copy(4, 'dd.pt')];
    expect(await planCopies([same], 'same-tensors', facts(same))).toEqual([]);
  });
});
