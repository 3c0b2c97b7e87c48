import { dirname } from 'node:path';
import { formatCount } from '../../base/bytes.ts';
import { aria2List, plainList } from '../../archive/download/export-list.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import { boundsOf } from '../../library/inside.ts';
import { placeAll } from '../../library/place.ts';
import { homePath } from '../summary.ts';

/** Writes what is to be fetched as a list for another program; a file that is there is left. Throws LibraryError. */
export async function writeList(file: string, planned: readonly PlannedWant[]): Promise<string[]> {
  const open = planned.filter(({ step }) => step === 'fetch');
  const files = open.map(({ want, path }) => ({ source: want.source, path, sha256: want.sha256 }));
  const text = file.toLowerCase().endsWith('.urls') ? plainList(files) : aria2List(files);
  const bounds = boundsOf(dirname(file));
  const [placed] = await placeAll([{ path: file, bytes: text, replace: false }], { bounds });
  if (placed?.error !== undefined) throw placed.error;
  return [`List     ${homePath(file)}  (${formatCount(files.length)} addresses, without your key)`];
}
