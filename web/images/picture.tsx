import type { JSX } from 'preact';
import type { ImageDetails, Images } from './image-data.ts';
import { labelOf } from './image-grid.tsx';

interface LargeProps {
  readonly images: Images;
  readonly image: number;
  readonly details: ImageDetails | undefined | null;
  readonly blurred: boolean;
}

/** The image itself, large; its small picture until that has come. */
export function Large({ images, image, details, blurred }: LargeProps): JSX.Element {
  const thumb = images.thumb[image] ?? '';
  const label = labelOf(images, image);
  const level = blurred && <span class="level"><span>{images.levels[images.level[image] ?? 0]}, show</span></span>; // prettier-ignore
  if (images.media[image] === 0)
    return (
      <>
        <img
          key={images.id[image]}
          src={details ? details.file : thumb}
          alt={label}
          {...(shapeKnown(images, image) ? { width: images.width[image], height: images.height[image] } : {})}
        />
        {level}
      </>
    );
  if (!details) return <>{thumb !== '' && <img src={thumb} alt={label} />}</>;
  return (
    <>
      <video
        key={images.id[image]}
        src={details.file}
        {...(thumb === '' ? {} : { poster: thumb })}
        loop
        muted
        playsInline
        controls={!blurred}
        autoplay={!blurred && !matchMedia('(prefers-reduced-motion: reduce)').matches}
        aria-label={label}
      />
      {level}
    </>
  );
}

function shapeKnown({ width, height }: Images, image: number): boolean {
  return (width[image] ?? -1) > 0 && (height[image] ?? -1) > 0;
}
