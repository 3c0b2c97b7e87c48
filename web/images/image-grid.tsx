import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { decodeBlurhash } from '../browse/blurhash.ts';
import { Icon } from '../browse/icons.tsx';
import { lengthToken, useRowWindow, useWidth } from '../browse/window-rows.ts';
import type { Images } from './image-data.ts';
import { rowStarts, shapeOf } from './image-rows.ts';

/** How the results lie. */
export interface RowsShape {
  readonly starts: Uint32Array;
  readonly shapes: Float32Array;
  readonly rowHeight: number;
}

interface ImageGridProps {
  readonly images: Images;
  /** Images in the order shown. */
  readonly results: Uint32Array;
  /** Height of a row, in CSS pixels. */
  readonly size: number;
  readonly blurFrom: number;
  readonly current: number;
  readonly onShape: (shape: RowsShape) => void;
  readonly onStand: (position: number) => void;
  readonly onOpen: (image: number) => void;
}

/** Pixels of a placeholder: enough for its few colours. */
const HASH_SIZE = 16;

/** The results in rows of one height; only those near the window are drawn. */
export function ImageGrid(props: ImageGridProps): JSX.Element {
  const { images, results, size, onShape } = props;
  const container = useRef<HTMLDivElement>(null);
  const width = useWidth(container);
  const gap = lengthToken('--gap') / 2;
  const height = Math.min(size, Math.max(96, width / 2));
  const shapes = useMemo(
    () => Float32Array.from(results, (image) => shapeOf(images, image)),
    [images, results],
  );
  const starts = useMemo(
    () => (width === 0 ? new Uint32Array([0]) : rowStarts(shapes, width, height, gap)),
    [shapes, width, height, gap],
  );
  const rows = starts.length - 1;
  const rowHeight = height + gap;
  const range = useRowWindow(container, rowHeight, rows);
  useEffect(() => onShape({ starts, shapes, rowHeight }), [starts, shapes, rowHeight, onShape]);
  const shown = Array.from({ length: Math.max(0, Math.min(range.last, rows) - range.first) }, (_, at) => range.first + at); // prettier-ignore
  return (
    <div
      ref={container}
      class="window"
      role="grid"
      aria-label="Images"
      aria-rowcount={rows}
      style={{ height: `${rows * rowHeight}px` }}
    >
      {shown.map((row) => (
        <div
          key={row}
          class="image-row"
          role="row"
          aria-rowindex={row + 1}
          style={{ top: `${row * rowHeight}px`, height: `${height}px`, gap: `${gap}px` }}
        >
          {Array.from(results.subarray(starts[row] ?? 0, starts[row + 1] ?? 0), (image, place) => (
            <ImageCell
              key={images.id[image]}
              {...props}
              image={image}
              shape={shapes[(starts[row] ?? 0) + place] ?? 1}
              position={(starts[row] ?? 0) + place}
            />
          ))}
          {row === rows - 1 && <Filler {...{ shapes, starts, row, width, height }} />}
        </div>
      ))}
    </div>
  );
}

interface FillerProps {
  readonly shapes: Float32Array;
  readonly starts: Uint32Array;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** Room at the end of the last row, so that its images are not stretched. */
function Filler({ shapes, starts, row, width, height }: FillerProps): JSX.Element | null {
  let used = 0;
  for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1) used += shapes[at] ?? 1;
  const left = width / height - used;
  return left <= 0.2 ? null : <span role="presentation" style={{ flex: `${left} 1 0` }} />;
}

interface CellProps extends ImageGridProps {
  readonly image: number;
  readonly shape: number;
  readonly position: number;
}

function ImageCell(props: CellProps): JSX.Element {
  const { images, image, shape, position, current, blurFrom, onStand, onOpen } = props;
  const level = images.level[image] ?? 0;
  const blurred = level >= blurFrom;
  const thumb = images.thumb[image] ?? '';
  const isFilm = images.media[image] === 1;
  return (
    <div role="gridcell" class="image-cell" style={{ flex: `${shape} 1 0` }}>
      <a
        class={`image-link${blurred ? ' is-blurred' : ''}`}
        href={`image.html#id=${images.id[image] ?? 0}`}
        tabIndex={position === current ? 0 : -1}
        data-position={position}
        aria-label={labelOf(images, image)}
        onFocus={() => onStand(position)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(image);
        }}
      >
        {(images.blurhash[image] ?? '') !== '' && <Hash hash={images.blurhash[image] ?? ''} />}
        {thumb !== '' ? (
          <Thumb key={thumb} url={thumb} />
        ) : (
          <span class="image-blank">
            {images.media[image] === 2 ? 'Sound' : isFilm ? 'Film' : 'No picture'}
          </span>
        )}
        {isFilm && (
          <span class="mark image-film">
            <Icon name="play" />
          </span>
        )}
        {blurred && (
          <span class="level">
            <span>{images.levels[level]}</span>
          </span>
        )}
      </a>
    </div>
  );
}

/** What an image is called where it can't be seen. */
export function labelOf(images: Images, image: number): string {
  const creator = images.creators[images.creator[image] ?? -1]?.[0];
  const level = images.level[image] ?? 0;
  return [
    `Image ${images.id[image] ?? ''}`,
    ...(creator === undefined ? [] : [`by ${creator}`]),
    ...(level >= 3 ? [`rated ${images.levels[level] ?? ''}`] : []),
  ].join(', ');
}

function Thumb({ url }: { url: string }): JSX.Element {
  const [isThere, setThere] = useState(false);
  const image = useRef<HTMLImageElement>(null);
  useLayoutEffect(() => {
    // A picture from the browser's memory is there before it could tell.
    if (image.current?.complete === true) setThere(true);
  }, []);
  return (
    <img
      ref={image}
      class={isThere ? '' : 'is-waiting'}
      src={url}
      alt=""
      decoding="async"
      draggable={false}
      onLoad={() => setThere(true)}
    />
  );
}

function Hash({ hash }: { hash: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pixels = decodeBlurhash(hash, HASH_SIZE, HASH_SIZE);
    const context = canvas.current?.getContext('2d');
    if (pixels !== undefined) context?.putImageData(new ImageData(pixels, HASH_SIZE, HASH_SIZE), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} width={HASH_SIZE} height={HASH_SIZE} aria-hidden="true" />;
}
