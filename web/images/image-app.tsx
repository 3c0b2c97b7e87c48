import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { FacetList } from '../gallery/facet-list.tsx';
import type { FacetName } from '../gallery/facets.ts';
import { filterCards } from '../gallery/filter.ts';
import { KeySheet } from '../gallery/panels.tsx';
import { Chips, chosenIn } from '../gallery/toolbar.tsx';
import { useKeys } from '../gallery/use-keys.ts';
import { useNotice } from '../gallery/use-notice.ts';
import { useSettings } from '../gallery/use-settings.ts';
import { useBarHeight } from '../gallery/use-standing.ts';
import { useView } from '../gallery/use-view.ts';
import { withChoice } from '../gallery/view-state.ts';
import { copyText } from '../shared/clipboard.ts';
import { type Images, loadDetails } from './image-data.ts';
import { imageFacets } from './image-facets.ts';
import { ImageGrid } from './image-grid.tsx';
import { sortImages } from './image-sort.ts';
import { keepImageOrder } from './image-order.ts';
import { ImageOptions, ImageTools } from './image-tools.tsx';
import { ALL_IMAGES, formatImageHash, IMAGE_FACETS, imageViews } from './image-view.ts';
import { usePlace } from './use-place.ts';
import { useTexts } from './use-texts.ts';
import { Viewer } from './viewer.tsx';

interface ImageAppProps {
  readonly title: string;
  /** Url of the gallery of models. */
  readonly gallery: string;
  readonly images: Images;
}

const KEYS: readonly (readonly [string, string])[] = [
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

/** The image gallery. */
export function ImageApp({ title, gallery, images }: ImageAppProps): JSX.Element {
  const [settings, setSettings] = useSettings();
  const { view, setView, at } = useView(imageViews);
  const [helpOpen, setHelpOpen] = useState(false);
  const [sheetOpen, setSheetOpen] = useState(false);
  const [notice, tell] = useNotice();
  const searchField = useRef<HTMLInputElement>(null);
  const { index, read } = useTexts(images, view.query !== '');
  const facets = useMemo(() => imageFacets(images), [images]);
  const asked = useMemo(() => index.find(view.query), [index, view.query, view.query === '' ? 0 : read]);
  const filtered = useMemo(
    () => filterCards(facets, view.choices, images.count, asked),
    [facets, view.choices, asked],
  );
  const order = useMemo(() => sortImages(images, view.sort, view.falling), [images, view.sort, view.falling]);
  const results = useMemo(() => order.filter((image) => filtered.hits[image] === 1), [order, filtered]);
  const positionOf = (id: number | undefined): number | undefined => {
    const position = id === undefined ? -1 : results.findIndex((image) => images.id[image] === id);
    return position < 0 ? undefined : position;
  };
  const place = usePlace(results, () => positionOf(at));
  const open = positionOf(view.open);
  const barRef = useBarHeight();
  const wasPushed = useRef(false);
  const returnTo = useRef<number | undefined>(undefined);
  // When the lightbox is gone, for it gives the focus back to where it had it from.
  useEffect(() => {
    if (open !== undefined || returnTo.current === undefined) return;
    place.goTo(returnTo.current);
    returnTo.current = undefined;
  }, [open]);

  const keep = (): void =>
    keepImageOrder(formatImageHash({ ...view, open: undefined }), Array.from(results, (image) => images.id[image] ?? -1)); // prettier-ignore
  const show = (image: number): void => {
    keep();
    wasPushed.current = true;
    setView({ ...view, open: images.id[image] }, 'push');
  };
  const close = (): void => {
    returnTo.current = open;
    // Opened here: the step back is the one of the browser, which leaves no trace.
    if (wasPushed.current) history.back();
    else setView({ ...view, open: undefined }, 'replace');
    wasPushed.current = false;
  };
  const copy = (text: string, what: string): void => {
    if (text.trim() === '') return tell(`No ${what} is known`);
    void copyText(text).then((copied) =>
      tell(copied ? `Copied ${what}` : 'The browser did not let this page copy'),
    );
  };
  const choose = (name: FacetName, label: string, side: 'with' | 'without'): void =>
    setView({ ...view, choices: withChoice(view.choices, name, label, side) }, 'push');
  useKeys({
    move: place.move,
    moveTo: (end) => place.goTo(end === 'first' ? 0 : results.length - 1),
    search: () => searchField.current?.select(),
    copyTriggers() {
      const image = results[place.current];
      if (image !== undefined)
        void loadDetails(images, image).then((details) => copy(details?.prompt ?? '', 'prompt'));
    },
    select: () => undefined,
    layout: () => undefined,
    help: () => setHelpOpen(true),
    busy: () => document.querySelector('dialog[open], [popover]:popover-open') !== null,
    stepBack() {
      if (sheetOpen) setSheetOpen(false);
      else if (view.query !== '') setView({ ...view, query: '' }, 'push');
      else searchField.current?.blur();
    },
  });
  const reading = view.query !== '' && !index.complete;
  return (
    <>
      <header class="bar" ref={barRef}>
        <ImageTools
          {...{ title, gallery, view, settings, searchField, sheetOpen, reading }}
          shown={results.length}
          total={images.count}
          onView={setView}
          onSettings={setSettings}
          onSheet={() => setSheetOpen(!sheetOpen)}
          onKeys={() => setHelpOpen(true)}
        />
        <Chips
          chips={chosenIn(view, IMAGE_FACETS)}
          onChoose={choose}
          onClear={() => setView({ ...ALL_IMAGES, sort: view.sort, falling: view.falling }, 'push')}
        />
      </header>
      <div class="layout">
        <button
          type="button"
          class={`sheet-back${sheetOpen ? ' is-open' : ''}`}
          aria-label="Close filters"
          tabIndex={-1}
          onClick={() => setSheetOpen(false)}
        />
        <FacetList
          facets={facets}
          noun="images"
          counts={filtered.counts}
          choices={view.choices}
          open={sheetOpen}
          found={results.length}
          onClose={() => setSheetOpen(false)}
          onChoose={choose}
        />
        <main class="results">
          {results.length === 0 ? (
            <NoImages
              {...{ reading }}
              query={view.query}
              onClear={() => setView({ ...ALL_IMAGES, sort: view.sort, falling: view.falling }, 'push')}
            />
          ) : (
            <ImageGrid
              {...{ images, results }}
              size={settings.size}
              blurFrom={settings.blurFrom}
              current={place.current}
              onShape={place.onShape}
              onStand={place.stand}
              onOpen={show}
            />
          )}
        </main>
      </div>
      {open !== undefined && (
        <Viewer
          {...{ images, results }}
          position={open}
          blurFrom={settings.blurFrom}
          onStep={(position) => setView({ ...view, open: images.id[results[position] ?? 0] }, 'replace')}
          notice={notice}
          onClose={close}
          onCopy={copy}
        />
      )}
      <ImageOptions settings={settings} levels={images.levels} onSettings={setSettings} />
      <KeySheet open={helpOpen} keys={KEYS} onClose={() => setHelpOpen(false)} />
      {open === undefined && (
        <div id="notice" role="status">
          {notice}
        </div>
      )}
    </>
  );
}

interface NoImagesProps {
  readonly reading: boolean;
  readonly query: string;
  readonly onClear: () => void;
}

/** What stands where no images do: why, and the way back to some. */
function NoImages({ reading, query, onClear }: NoImagesProps): JSX.Element {
  if (reading) return <p class="empty">Reading the prompts…</p>;
  return (
    <div class="empty">
      <h2>Nothing matches{query === '' ? '' : ` “${query}”`}</h2>
      <p>Fewer words or filters find more.</p>
      <p class="empty-ways">
        <button type="button" class="control edged" onClick={onClear}>
          Show all images
        </button>
      </p>
    </div>
  );
}
