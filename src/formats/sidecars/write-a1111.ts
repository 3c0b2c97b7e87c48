import { treeOf } from '../json-tree.ts';
import type { JsonTree } from '../json-tree.ts';
import { activationOf } from './write-content.ts';
import type { SidecarContent } from './write-content.ts';

/** `X.json`, A1111's and Forge's user metadata: what their forms show and people fill in. */
export function writeA1111(content: SidecarContent): JsonTree {
  const { own, about, version } = content;
  return treeOf({
    description: own.description?.value ?? about,
    'sd version': sdVersion(version.baseModel),
    'activation text': activationOf(content),
    'preferred weight': own.preferredWeight?.value ?? 0,
    'negative text': own.negativeText?.value ?? '',
    notes: own.notes?.value ?? '',
  });
}

/** The families A1111's list of networks is filtered by. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^SD 1/, 'SD1'],
  [/^SD 2/, 'SD2'],
  [/^SD 3/, 'SD3'],
  [/^(?:SDXL|Pony(?! V7)|Illustrious|NoobAI)/, 'SDXL'],
];

function sdVersion(baseModel: string | undefined): string {
  return FAMILIES.find(([pattern]) => pattern.test(baseModel ?? ''))?.[1] ?? 'Unknown';
}
