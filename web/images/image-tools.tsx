import type { JSX } from 'preact';
import type { KeyList } from '../browse/key-sheet.tsx';
import { Tools, type ToolsProps } from '../browse/tools.tsx';
import { fallsFirst, IMAGE_SORTS, type ImageSort } from './image-sort.ts';
import type { ImageView } from './image-view.ts';

/** What the slider of sizes sets here. */
export const SIZED = 'Row height';

type Given = 'here' | 'other' | 'searches' | 'sorts' | 'fallsFirst' | 'sized';

interface ImageToolsProps extends Omit<ToolsProps<ImageSort, ImageView>, Given> {
  /** Url of the gallery of models. */
  readonly gallery: string;
}

/** Search, count, sort and size of the image gallery. */
export function ImageTools({ gallery, ...shared }: ImageToolsProps): JSX.Element {
  return (
    <Tools
      {...shared}
      here="images"
      other={{ href: gallery }}
      searches="prompts, models, creators"
      sorts={IMAGE_SORTS}
      fallsFirst={fallsFirst}
      sized={SIZED}
    />
  );
}

/** The keys of the image gallery. */
export const IMAGE_KEYS: KeyList = [
  ['/', 'search'],
  ['← ↑ → ↓', 'move through the images'],
  ['Home End', 'first and last'],
  ['Enter', 'open the image'],
  ['c', 'copy its prompt'],
  ['p', 'copy the prompt of the open one'],
  ['n', 'copy its negative prompt'],
  ['a', 'copy all its settings'],
  ['z', 'zoom'],
  ['?', 'these keys'],
  ['Esc', 'one step back'],
];
