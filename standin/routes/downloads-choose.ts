import type { WorldFile } from '../world/types.ts';

/** What a download link may say about the file it means. */
export interface FileWish {
  readonly fileId: number | undefined;
  readonly type: string | undefined;
  readonly format: string | undefined;
  readonly size: string | undefined;
  readonly fp: string | undefined;
  readonly quantType: string | undefined;
}

/** What nobody asked for is preferred in this order. */
const PREFERRED = { format: 'SafeTensor', extent: 'pruned', fp: 'fp16', quantType: 'Q4_K_M' } as const;

/** Types that a link without a type may mean. */
const MODEL_TYPES: readonly string[] = ['Model', 'Pruned Model', 'Diffusion Model', 'UNet'];

/**
 * The file a link means: the one of that id, else the best match. `undefined` when the best still contradicts what was
 * asked for.
 */
export function chooseFile(files: readonly WorldFile[], wish: FileWish): WorldFile | undefined {
  if (wish.fileId !== undefined) return files.find((file) => file.id === wish.fileId);
  const ofType = files.filter((file) =>
    wish.type === undefined ? MODEL_TYPES.includes(file.type) : file.type === wish.type,
  );
  const candidates = ofType.length > 0 || wish.type !== undefined ? ofType : files;
  const [best] = candidates.toSorted((a, b) => scoreOf(b, wish) - scoreOf(a, wish) || a.id - b.id);
  return best === undefined || contradicts(best, wish) ? undefined : best;
}

function scoreOf(file: WorldFile, wish: FileWish): number {
  const asked =
    Number(file.format === wish.format) +
    Number(file.extent === wish.size) +
    Number(file.fp === wish.fp) +
    Number(file.quantType === wish.quantType);
  const preferred =
    Number(file.format === PREFERRED.format) +
    Number(file.extent === PREFERRED.extent) +
    Number(file.fp === PREFERRED.fp) +
    Number(file.quantType === PREFERRED.quantType);
  return asked * 100 + Number(file.primary) * 10 + preferred;
}

function contradicts(file: WorldFile, wish: FileWish): boolean {
  const differs = (asked: string | undefined, is: string | null): boolean =>
    asked !== undefined && is !== null && asked !== is;
  return (
    differs(wish.format, file.format) ||
    differs(wish.size, file.extent) ||
    differs(wish.fp, file.fp) ||
    differs(wish.quantType, file.quantType)
  );
}
