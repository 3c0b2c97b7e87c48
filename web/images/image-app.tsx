import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { chosenIn } from '../browse/chips.tsx';
import type { FacetName } from '../browse/facets.ts';
import { Frame } from '../browse/frame.tsx';
import { KeySheet } from '../browse/key-sheet.tsx';
import { NothingFound } from '../browse/nothing-found.tsx';
import { Options } from '../browse/options.tsx';
import { useFound } from '../browse/use-found.ts';
import { useKeys } from '../browse/use-keys.ts';
import { useNotice } from '../browse/use-notice.ts';
import { useSettings } from '../browse/use-settings.ts';
import { useView } from '../browse/use-view.ts';
import { withChoice } from '../browse/view-hash.ts';
import { copyWords } from './copy-words.ts';
import { type Images, loadDetails } from './image-data.ts';
import { imageFacets } from './image-facets.ts';
import { ImageGrid } from './image-grid.tsx';
import { keepImageOrder } from './image-order.ts';
import { sortImages } from './image-sort.ts';
import { IMAGE_KEYS, ImageTools, SIZED } from './image-tools.tsx';
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

/** The image gallery. */
export function ImageApp({ title, gallery, images }: ImageAppProps): JSX.Element {
  const [settings, setSettings] = useSettings();
  const { view, setView, at } = useView(imageViews);
  const [helpOpen, setHelpOpen] = useState(false);
  const [sheetOpen, setSheetOpen] = useState(false);
  const [notice, tell] = useNotice();
  const searchField = useRef<HTMLInputElement>(null);
  const search = useTexts(images, view.query !== '');
  const reading = view.query !== '' && !search.index.complete;
  const facets = useMemo(() => imageFacets(images), [images]);
  const order = useMemo(() => sortImages(images, view.sort, view.falling), [images, view.sort, view.falling]);
  const { found: results, counts } = useFound(view, facets, order, search);
  const positionOf = (id: number | undefined): number | undefined => {
    const position = id === undefined ? -1 : results.findIndex((image) => images.id[image] === id);
    return position < 0 ? undefined : position;
  };
  const place = usePlace(results, () => positionOf(at));
  const open = positionOf(view.open);
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
  const copy = (text: string, what: string): void => copyWords(text, what, tell);
  const choose = (name: FacetName, label: string, side: 'with' | 'without'): void =>
    setView({ ...view, choices: withChoice(view.choices, name, label, side) }, 'push');
  useKeys({
    move: place.move,
    moveTo: (end) => place.goTo(end === 'first' ? 0 : results.length - 1),
    search: () => searchField.current?.select(),
    copyWords() {
      const image = results[place.current];
      if (image !== undefined)
        void loadDetails(images, image).then((details) => copy(details?.prompt ?? '', 'prompt'));
    },
    help: () => setHelpOpen(true),
    stepBack() {
      if (sheetOpen) setSheetOpen(false);
      else if (view.query !== '') setView({ ...view, query: '' }, 'push');
      else searchField.current?.blur();
    },
  });
  const chosen = chosenIn(view.choices, IMAGE_FACETS);
  return (
    <>
      <Frame
        tools={
          <ImageTools
            {...{ title, gallery, view, settings, searchField, sheetOpen, reading }}
            shown={results.length}
            total={images.count}
            chosen={chosen.length}
            onView={setView}
            onSettings={setSettings}
            onSheet={() => setSheetOpen(!sheetOpen)}
            onKeys={() => setHelpOpen(true)}
          />
        }
        {...{ chosen, facets, counts, sheetOpen }}
        noun="images"
        choices={view.choices}
        found={results.length}
        onChoose={choose}
        onClear={() => setView({ ...ALL_IMAGES, sort: view.sort, falling: view.falling }, 'push')}
        onSheetClose={() => setSheetOpen(false)}
      >
        {results.length === 0 ? (
          <NothingFound
            view={view}
            reading={reading ? 'prompts' : undefined}
            onView={(next) => setView(next, 'push')}
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
      </Frame>
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
      <Options settings={settings} levels={images.levels} sized={SIZED} onSettings={setSettings} />
      <KeySheet open={helpOpen} keys={IMAGE_KEYS} onClose={() => setHelpOpen(false)} />
      {open === undefined && (
        <div id="notice" role="status">
          {notice}
        </div>
      )}
    </>
  );
}
