import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { decodeBlurhash } from '../browse/blurhash.ts';
import { BlankCover } from './blank-cover.tsx';
import type { Cards } from './card-data.ts';

/** Pixels of a placeholder: enough for its few colours. */
const HASH_SIZE = { width: 16, height: 24 } as const;

interface CoverProps {
  readonly cards: Cards;
  readonly card: number;
  readonly blurFrom: number;
  /** The pointer is on the card: a video may play. */
  readonly lively: boolean;
}

/** The picture of a card: its few colours until it has come, blurred when its level asks for it. */
export function Cover({ cards, card, blurFrom, lively }: CoverProps): JSX.Element {
  const level = cards.coverLevel[card] ?? 0;
  const thumb = cards.thumb[card] ?? '';
  const video = cards.video[card] ?? '';
  const blurred = level >= blurFrom;
  const plays = lively && video !== '' && !blurred && !matchMedia('(prefers-reduced-motion: reduce)').matches;
  return (
    <div class={`cover${blurred ? ' is-blurred' : ''}`}>
      {(cards.blurhash[card] ?? '') !== '' && <Placeholder hash={cards.blurhash[card] ?? ''} />}
      {thumb !== '' && <Picture key={thumb} url={thumb} />}
      {plays && <video src={video} muted loop autoplay playsInline />}
      {thumb === '' && !plays && (cards.blurhash[card] ?? '') === '' && (
        <BlankCover name={cards.name[card] ?? ''} type={cards.words.type[cards.type[card] ?? -1]} />
      )}
      {blurred && (
        <div class="level">
          <span>{cards.levels[level]}</span>
        </div>
      )}
    </div>
  );
}

function Picture({ url }: { url: string }): JSX.Element {
  const [state, setState] = useState<'waiting' | 'there'>('waiting');
  const image = useRef<HTMLImageElement>(null);
  useLayoutEffect(() => {
    // A picture from the browser's memory is there before it could tell.
    if (image.current?.complete === true) setState('there');
  }, []);
  return (
    <img
      ref={image}
      class={state === 'waiting' ? 'is-waiting' : ''}
      src={url}
      alt=""
      decoding="async"
      draggable={false}
      onLoad={() => setState('there')}
    />
  );
}

function Placeholder({ hash }: { hash: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pixels = decodeBlurhash(hash, HASH_SIZE.width, HASH_SIZE.height);
    const context = canvas.current?.getContext('2d');
    if (pixels !== undefined)
      context?.putImageData(new ImageData(pixels, HASH_SIZE.width, HASH_SIZE.height), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} width={HASH_SIZE.width} height={HASH_SIZE.height} aria-hidden="true" />;
}
