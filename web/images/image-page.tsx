import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../browse/icons.tsx';
import { ThemeButton } from '../browse/tools.tsx';
import { useNotice } from '../browse/use-notice.ts';
import { useSettings } from '../browse/use-settings.ts';
import { numberIn, paramsOf } from '../browse/view-hash.ts';
import { isTyping } from '../shared/keys.ts';
import { BLUR_DEFAULT, BLUR_NONE } from '../shared/settings.ts';
import { Account, SiteLink } from './account.tsx';
import { copyWords } from './copy-words.ts';
import type { Images } from './image-data.ts';
import { readImageOrder } from './image-order.ts';
import { sortImages } from './image-sort.ts';
import { Large } from './picture.tsx';
import { copyKeys, useDetails } from './viewer.tsx';

/** The page of the image that the address names. */
export function ImagePage({ images }: { readonly images: Images }): JSX.Element {
  const [settings, setSettings] = useSettings();
  const [notice, tell] = useNotice();
  const id = useHashId();
  const image = useMemo(() => images.id.indexOf(id), [images, id]);
  const around = useMemo(() => neighbours(images, id), [images, id]);
  const details = useDetails(images, image);
  const [revealed, setRevealed] = useState(-1);
  const stage = useRef<HTMLDivElement>(null);
  const level = images.level[image] ?? 0;
  const blurred = level >= settings.blurFrom && revealed !== image;
  const copy = (text: string, what: string): void => copyWords(text, what, tell);
  useEffect(() => {
    document.title = document.title.replace(/^Image[^·]*/, `Image ${id} `);
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => goTo('previous'),
      ArrowRight: () => goTo('next'),
      Escape: () => goTo('back'),
      ...copyKeys(details, copy),
    };
    const press = (event: KeyboardEvent): void => {
      const run = isTyping(event) || event.target instanceof HTMLVideoElement ? undefined : keys[event.key];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  });
  return (
    <>
      <header class="page-bar">
        <nav aria-label="Images">
          <a class="control" id="back" href={`images.html#${backHash(around.hash, id)}`}>
            <Icon name="back" />
            Images
          </a>
          <Neighbour name="previous" id={around.previous} />
          <Neighbour name="next" id={around.next} />
        </nav>
        <div class="page-bar-end">
          {level >= BLUR_DEFAULT && (
            <button
              type="button"
              class="control"
              onClick={() =>
                setSettings({ ...settings, blurFrom: level >= settings.blurFrom ? BLUR_NONE : BLUR_DEFAULT })
              }
            >
              {level >= settings.blurFrom ? 'Mature: blurred' : 'Mature: shown'}
            </button>
          )}
          <ThemeButton {...{ settings }} onSettings={setSettings} />
          {id > 0 && <SiteLink path={`images/${id}`}>Open on Civitai</SiteLink>}
        </div>
      </header>
      <main class="image-page">
        {image < 0 ? (
          <div class="empty">
            <h1>This image is not kept here</h1>
            <p>
              <a href="images.html">All images</a>
            </p>
          </div>
        ) : (
          <>
            <div class="image-stage" ref={stage} tabIndex={-1}>
              {blurred ? (
                <button
                  type="button"
                  class="shot is-blurred"
                  aria-label={`Rated ${images.levels[level] ?? ''}, show it`}
                  onClick={() => {
                    setRevealed(image);
                    // The button goes, and must not take the focus with it.
                    stage.current?.focus({ preventScroll: true });
                  }}
                >
                  <Large {...{ images, image, details, blurred }} />
                </button>
              ) : (
                <Large {...{ images, image, details, blurred }} />
              )}
            </div>
            <div class="image-about">
              <h1>Image {id}</h1>
              <Account {...{ images, image, details }} onCopy={copy} linksPage={false} />
            </div>
          </>
        )}
      </main>
      <div id="notice" role="status">
        {notice}
      </div>
    </>
  );
}

function Neighbour({ name, id }: { name: 'previous' | 'next'; id: number | undefined }): JSX.Element | null {
  if (id === undefined) return null;
  return (
    <a class="control" id={name} href={`#id=${id}`} aria-label={`${name} image`}>
      {name === 'previous' && <Icon name="back" />}
      <span>{name}</span>
      {name === 'next' && <Icon name="forth" />}
    </a>
  );
}

function goTo(id: 'previous' | 'next' | 'back'): void {
  document.querySelector<HTMLAnchorElement>(`#${id}`)?.click();
}

function useHashId(): number {
  const [id, setId] = useState(() => numberIn(paramsOf(location.hash), 'id') ?? 0);
  useEffect(() => {
    const change = (): void => setId(numberIn(paramsOf(location.hash), 'id') ?? 0);
    window.addEventListener('hashchange', change);
    return () => window.removeEventListener('hashchange', change);
  }, []);
  return id;
}

/** Before and after it in the image gallery as it was left; without that among all, the newest first. */
function neighbours(
  images: Images,
  id: number,
): { previous: number | undefined; next: number | undefined; hash: string } {
  const kept = readImageOrder();
  const known = kept !== undefined && kept.ids.includes(id) ? kept : undefined;
  const ids = known?.ids ?? Array.from(sortImages(images, 'newest', true), (image) => images.id[image] ?? 0);
  const place = ids.indexOf(id);
  if (place < 0) return { previous: undefined, next: undefined, hash: '' };
  return { previous: ids[place - 1], next: ids[place + 1], hash: known?.hash ?? '' };
}

/** The gallery as it was left, standing on this image. */
function backHash(hash: string, id: number): string {
  const params = new URLSearchParams(hash);
  params.set('at', String(id));
  return params.toString();
}
