import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fullCount } from '../browse/figures.ts';
import { Icon } from '../browse/icons.tsx';
import { Account, settingsText } from './account.tsx';
import { type ImageDetails, type Images, loadDetails } from './image-data.ts';
import { labelOf } from './image-grid.tsx';
import { Large } from './picture.tsx';

interface ViewerProps {
  readonly images: Images;
  readonly results: Uint32Array;
  /** Place among the results. */
  readonly position: number;
  readonly blurFrom: number;
  /** What passes is said here: the dialog lies above everything. */
  readonly notice: string;
  readonly onStep: (position: number) => void;
  readonly onClose: () => void;
  readonly onCopy: (text: string, what: string) => void;
}

/** How an image was made, read when it is looked at; `undefined` until then, `null` where it is not there. */
export function useDetails(images: Images, image: number): ImageDetails | undefined | null {
  const [read, setRead] = useState<{ image: number; details: ImageDetails | null }>();
  useEffect(() => {
    let stopped = false;
    void loadDetails(images, image).then((details) => {
      if (!stopped) setRead({ image, details: details ?? null });
    });
    return () => {
      stopped = true;
    };
  }, [images, image]);
  return read?.image === image ? read.details : undefined;
}

/** What keys copy of an image. */
export function copyKeys(
  details: ImageDetails | undefined | null,
  copy: ViewerProps['onCopy'],
): Readonly<Record<string, () => void>> {
  return {
    p: () => copy(details?.prompt ?? '', 'prompt'),
    n: () => copy(details?.negative ?? '', 'negative prompt'),
    a: () => copy(details ? settingsText(details) : '', 'settings'),
  };
}

/** Shortest way of a finger that counts as a step, in CSS pixels. */
const SWIPE = 48;

/** The images large, one at a time, with how each was made. */
export function Viewer(props: ViewerProps): JSX.Element {
  const { images, results, position, blurFrom, notice, onStep, onClose, onCopy } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const image = results[position] ?? 0;
  const details = useDetails(images, image);
  const [revealed, setRevealed] = useState<number>();
  const [zoomed, setZoomed] = useState(false);
  const blurred = (images.level[image] ?? 0) >= blurFrom && revealed !== image;
  useLayoutEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
    panel.current?.focus({ preventScroll: true });
    return () => dialog.current?.close();
  }, []);
  useLayoutEffect(() => {
    setZoomed(false);
    // On a phone the words stand below the picture, in one scroll with it.
    dialog.current?.scrollTo(0, 0);
  }, [image]);
  useLayoutEffect(() => {
    const place = stage.current;
    if (zoomed && place !== null)
      place.scrollTo(
        (place.scrollWidth - place.clientWidth) / 2,
        (place.scrollHeight - place.clientHeight) / 2,
      );
  }, [zoomed]);
  const step = (by: number): void => onStep((position + by + results.length) % results.length);
  const touch = (): void => {
    if (blurred) setRevealed(image);
    else setZoomed(!zoomed);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    z: touch,
    ...copyKeys(details, onCopy),
  };
  const finger = useRef<Touch | undefined>(undefined);
  return (
    <dialog
      ref={dialog}
      id="lightbox"
      aria-label={labelOf(images, image)}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        const run = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
        if (run === undefined || event.target instanceof HTMLVideoElement) return;
        event.preventDefault();
        run();
      }}
    >
      <div
        ref={stage}
        class={`lightbox-stage${zoomed ? ' zoomed' : ''}`}
        onTouchStart={(event) => {
          finger.current = event.touches.length === 1 ? event.touches[0] : undefined;
        }}
        onTouchEnd={(event) => {
          const [start, last] = [finger.current, event.changedTouches[0]];
          finger.current = undefined;
          if (start === undefined || last === undefined || zoomed) return;
          const [across, down] = [last.clientX - start.clientX, last.clientY - start.clientY];
          if (Math.abs(across) >= SWIPE && Math.abs(across) > 2 * Math.abs(down)) step(across < 0 ? 1 : -1);
        }}
      >
        <Step side="back" label="Previous image" onStep={() => step(-1)} />
        <button
          type="button"
          class={`shot${blurred ? ' is-blurred' : ''}`}
          aria-label={
            blurred
              ? `Rated ${images.levels[images.level[image] ?? 0] ?? ''}, show it`
              : `${labelOf(images, image)}, zoom`
          }
          onClick={touch}
        >
          <Large {...{ images, image, details, blurred }} />
        </button>
        <Step side="forth" label="Next image" onStep={() => step(1)} />
      </div>
      <div ref={panel} class="lightbox-panel" tabIndex={0} role="region" aria-label="How it was made">
        <div class="lightbox-head">
          <span class="figure">
            {fullCount(position + 1)} of {fullCount(results.length)}
          </span>
          <button type="button" class="control" onClick={onClose}>
            Close
          </button>
        </div>
        <Account {...{ images, image, details, onCopy }} linksPage />
      </div>
      <div id="notice" role="status">
        {notice}
      </div>
    </dialog>
  );
}

interface StepProps {
  readonly side: 'back' | 'forth';
  readonly label: string;
  readonly onStep: () => void;
}

function Step({ side, label, onStep }: StepProps): JSX.Element {
  return (
    <button type="button" class={`lightbox-step ${side}`} aria-label={label} onClick={onStep}>
      <Icon name={side} />
    </button>
  );
}
