import type { WorldImage } from '../world/types.ts';
import type { Picture } from './draw.ts';

/** Where the routes get pictures from. */
export interface Gallery {
  original(image: WorldImage): Promise<Picture>;
  /** `wanted`: width in pixels. */
  reduced(image: Pick<WorldImage, 'id' | 'width' | 'height'>, wanted: number): Promise<Picture>;
}
