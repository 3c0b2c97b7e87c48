/**
 * How long equal files are found among 50,000 catalogued ones, and a plan to clean up takes where a fifth of them is gone:
 * one query a question, none a file.
 */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { goneOutputs } from '../src/archive/clean/gone-outputs.ts';
import { judgeOutputs } from '../src/archive/clean/judge-outputs.ts';
import { ensureBlobs, saveHashes } from '../src/catalog/blob.ts';
import { listDuplicates, listSameTensors } from '../src/catalog/duplicates.ts';
import { saveFiles } from '../src/catalog/file.ts';
import { saveHeaders } from '../src/catalog/header.ts';
import { ensureHost } from '../src/catalog/host.ts';
import { openCatalog } from '../src/catalog/open.ts';
import type { Catalog } from '../src/catalog/open.ts';
import { outputsOf } from '../src/catalog/output.ts';
import { ensureRoot } from '../src/catalog/root.ts';
import { upsert } from '../src/catalog/upsert.ts';
import { median, printResults } from './result.ts';
import type { BenchResult } from './result.ts';

const HOST = '00000000-0000-4000-8000-000000000000';

export interface DuplicatesBenchOptions {
  readonly files?: number;
  readonly rounds?: number;
}

/** Lists duplicates of a made-up catalog, beside one bare query over as many rows, and plans a cleaning of it. */
export async function run({ files = 50_000, rounds = 5 }: DuplicatesBenchOptions = {}): Promise<
  BenchResult[]
> {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: systemClock });
  try {
    const rootId = await fill(catalog, join(folder, 'models'), files);
    const bare: number[] = [];
    const bytes: number[] = [];
    const tensors: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await timed(() => catalog.db.selectFrom('file').select(['id', 'blob_id']).execute(), files));
      bytes.push(await timed(() => listDuplicates(catalog.db), files / 10));
      tensors.push(await timed(() => listSameTensors(catalog.db), files / 10));
    }
    const both = median(bytes) + median(tensors);
    const plan = await timePlan(catalog, rootId, files / 5);
    return [
      {
        name: `duplicates among ${files} catalogued files`,
        target: '<= 1',
        figure: Math.round(both) / 1000,
        unit: 's',
        pass: both <= 1000,
        detail: `${median(bytes).toFixed(0)} ms by bytes and ${median(tensors).toFixed(0)} ms by tensors; one bare query over the files ${median(bare).toFixed(0)} ms; median of ${rounds}`,
      },
      {
        name: `plan to clean up ${files / 5} pages of files that are gone, of ${files}`,
        target: '<= 2',
        figure: Math.round(plan) / 1000,
        unit: 's',
        pass: plan <= 2000,
        detail: 'two queries, and a look at each page',
      },
    ];
  } finally {
    await catalog.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of ten files one is equal to the one before, and another has its tensors; each has a page, and a fifth of the pages is there. */
async function fill(catalog: Catalog, path: string, files: number): Promise<number> {
  await ensureHost(catalog, HOST, HOST, 1);
  const { id: rootId } = await ensureRoot(catalog, HOST, path, 1);
  const numbers = Array.from({ length: files }, (_, index) => index);
  const shaOf = (index: number): string =>
    (index % 10 === 1 ? index - 1 : index).toString(16).padStart(64, '0');
  const blobs = await ensureBlobs(
    catalog,
    numbers.map((index) => ({ sha256: shaOf(index), size: 1000 + index })),
    1,
  );
  const ids = [...blobs.values()];
  await saveHashes(
    catalog,
    ids.map((blobId, index) => ({
      blobId,
      type: 'AutoV3',
      value: (index % 9 === 2 ? index - 1 : index).toString(16).padStart(64, 'a'),
    })),
  );
  await saveHeaders(
    catalog,
    ids.map((blobId) => ({ blobId, format: 'safetensors', tensors: 700, parameters: 1000 })),
  );
  await saveFiles(
    catalog,
    rootId,
    numbers.map((index) => ({
      path: `folder ${index % 500}/Some model name ${index}.safetensors`,
      pathKey: `folder ${index % 500}/Some model name ${index}.safetensors`,
      name: `Some model name ${index}.safetensors`,
      stem: `Some model name ${index}`,
      ext: '.safetensors',
      folder: `folder ${index % 500}`,
      size: 1000,
      mtimeNs: '1',
      ctimeNs: '1',
      device: '1',
      inode: String(index),
      blobId: blobs.get(shaOf(index)) ?? 0,
      hashOrigin: 'read',
    })),
    1,
  );
  await addPages(catalog, rootId, path, files);
  return rootId;
}

async function addPages(catalog: Catalog, rootId: number, path: string, files: number): Promise<void> {
  const rows = await catalog.db.selectFrom('file').select(['id', 'stem', 'folder']).orderBy('id').execute();
  for (let index = 0; index < 500; index += 1) mkdirSync(join(path, `folder ${index}`), { recursive: true });
  for (const { folder, stem } of rows.slice(0, files / 5)) {
    const page = join(path, folder, `${stem}.html`);
    writeFileSync(page, '');
    utimesSync(page, 1, 1);
  }
  await catalog.write((trx) =>
    upsert(
      trx,
      'output',
      rows.map(({ id, folder, stem }) => ({
        path: join(path, folder, `${stem}.html`),
        root_id: rootId,
        file_id: id,
        kind: 'page' as const,
        done_sha256: EMPTY,
        size: 0,
        mtime_ns: '1000000000',
        at: 1,
      })),
      { key: ['path'] },
    ),
  );
}

/** SHA-256 of nothing. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

async function timePlan(catalog: Catalog, rootId: number, wanted: number): Promise<number> {
  const begun = performance.now();
  const files = await catalog.db.selectFrom('file').select(['id', 'path']).orderBy('id').execute();
  const gone = new Map(files.slice(0, wanted).map(({ id, path }) => [id, path]));
  const unwanted = goneOutputs(await outputsOf(catalog.db, { rootId }), gone);
  const { items } = await judgeOutputs(unwanted, AbortSignal.timeout(60_000));
  if (items.length !== wanted) throw new Error(`Only ${items.length} of ${wanted} pages were planned.`);
  return performance.now() - begun;
}

async function timed(work: () => Promise<readonly unknown[]>, atLeast: number): Promise<number> {
  const begun = performance.now();
  const found = await work();
  const ms = performance.now() - begun;
  if (found.length < atLeast - 1) throw new Error(`Only ${found.length} of ${atLeast} were found.`);
  return ms;
}

if (import.meta.main) {
  const [files, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(files ? { files } : {}), ...(rounds ? { rounds } : {}) }));
}
