import type { ImageId, ModelId, PostId, VersionId } from '../../base/ids.ts';
import { parseTarget } from '../../civitai/target.ts';
import type { Target } from '../../civitai/target.ts';

/** Something asked for, as it was said and as it is understood. */
export interface Asked {
  /** The words of the person, with file and line when they stood in a list. */
  readonly said: string;
  readonly target: Target;
}

const LARGEST_ID = 2_147_483_647;

/**
 * Reads one target: what `parseTarget` reads, and `model:5`, `version:7`, `image:9`, `post:3`, `user:NAME`, `tag:NAME` where a bare
 * number could be any of them. `undefined` when it is nothing of that.
 */
export function readTarget(text: string, hosts: readonly string[]): Target | undefined {
  const hint = /^(model|version|image|post|user|tag):(?!\/\/)(.{1,200})$/i.exec(text.trim());
  const [, kind = '', rest = ''] = hint ?? [];
  if (hint === null) return parseTarget(text, hosts);
  if (kind.toLowerCase() === 'user') return { kind: 'user', username: rest.trim() };
  if (kind.toLowerCase() === 'tag') return { kind: 'tag', name: rest.trim() };
  const id = /^\d{1,10}$/.test(rest.trim()) ? Number(rest) : 0;
  return id < 1 || id > LARGEST_ID ? undefined : HINTED[kind.toLowerCase()]?.(id);
}

const HINTED: Readonly<Record<string, (id: number) => Target>> = {
  model: (id) => ({ kind: 'model', modelId: id as ModelId }),
  version: (id) => ({ kind: 'version', versionId: id as VersionId }),
  image: (id) => ({ kind: 'image', imageId: id as ImageId }),
  post: (id) => ({ kind: 'post', postId: id as PostId }),
};

/** A line of a list file that says something. */
export interface ListLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a list file that say something: one target a line, `#` begins a comment, any line ends, any BOM. */
export function listLines(text: string): ListLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ number: index + 1, text: line.replace(/(?:^|\s)#.*$/, '').trim() }))
    .filter((line) => line.text !== '');
}
