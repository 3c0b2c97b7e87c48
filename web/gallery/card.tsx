import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Cards, FLAGS } from './card-data.ts';
import { Cover } from './cover.tsx';
import { dayText, fullCount, shortCount, sizeText } from '../browse/figures.ts';
import { Icon } from '../browse/icons.tsx';

/** What cards and rows of the list ask of the app. */
export interface CardActions {
  open(card: number): void;
  select(card: number): void;
  copyTriggers(card: number): void;
  focused(position: number): void;
}

export interface CardProps {
  readonly cards: Cards;
  readonly card: number;
  /** Place among the results. */
  readonly position: number;
  readonly current: boolean;
  readonly selected: boolean;
  readonly covers: boolean;
  readonly blurFrom: number;
  readonly actions: CardActions;
}

/** A model as a card of the grid. */
export function Card(props: CardProps): JSX.Element {
  const { cards, card, selected, covers, blurFrom } = props;
  const [lively, setLively] = useState(false);
  return (
    <article
      class={`card${selected ? ' is-selected' : ''}`}
      onPointerEnter={(event) => setLively(event.pointerType === 'mouse')}
      onPointerLeave={() => setLively(false)}
    >
      {covers && <Cover cards={cards} card={card} blurFrom={blurFrom} lively={lively} />}
      {covers && <Marks cards={cards} card={card} />}
      <Pick {...props} />
      <div class="caption">
        <div class="card-title">
          <CardLink {...props} />
          <span class="card-version" dir="auto">
            {versionLine(cards, card)}
          </span>
        </div>
        <Meta cards={cards} card={card} />
        <Triggers {...props} />
      </div>
    </article>
  );
}

/** The name as the card's link; the one stop of the Tab key in the grid is the current card. */
export function CardLink({ cards, card, position, current, actions }: CardProps): JSX.Element {
  const version = cards.version[card] ?? '';
  const page = cards.page[card] ?? '';
  return (
    <a
      class="card-link card-name"
      {...(page === '' ? {} : { href: page })}
      tabIndex={current ? 0 : -1}
      data-position={position}
      title={`${cards.name[card] ?? ''}${version === '' ? '' : ` · ${version}`}\n${cards.path[card] ?? ''}`}
      dir="auto"
      onFocus={() => actions.focused(position)}
      onClick={() => actions.open(card)}
      onAuxClick={() => actions.open(card)}
    >
      {cards.name[card]}
    </a>
  );
}

/** Version and creator, shown where the name leaves a line for them. */
function versionLine(cards: Cards, card: number): string {
  const creator = cards.words.creator[cards.creator[card] ?? -1];
  const parts = [cards.version[card] ?? '', creator === undefined ? '' : `by ${creator}`];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Selects for the mouse and the finger what `x` selects for the keyboard; no stop of the Tab key. */
export function Pick({ cards, card, selected, actions }: CardProps): JSX.Element {
  return (
    <button
      type="button"
      class="pick"
      tabIndex={-1}
      aria-pressed={selected}
      title={selected ? 'Selected (x)' : 'Select (x)'}
      onClick={() => actions.select(card)}
    >
      <Icon name="check" />
      <span class="unseen">Select {cards.name[card]}</span>
    </button>
  );
}

/** States that a reader wants to see at once. */
export function Marks({ cards, card }: { cards: Cards; card: number }): JSX.Element {
  const flags = cards.flags[card] ?? 0;
  return (
    <div class="marks">
      {(flags & FLAGS.update) !== 0 && <span class="mark mark-new">update</span>}
      {(flags & FLAGS.removed) !== 0 && <Removed seen={cards.seen[card]} />}
      {(flags & FLAGS.missing) !== 0 && <span class="mark mark-missing">not on Civitai</span>}
      {(flags & FLAGS.unchecked) !== 0 && <span class="mark">unchecked</span>}
      {(flags & FLAGS.fileless) !== 0 && <span class="mark">no file</span>}
      {(flags & FLAGS.described) !== 0 && (
        <span class="mark" title="Described by hand, in a file beside the model">
          by hand
        </span>
      )}
      {(flags & FLAGS.damaged) !== 0 && <span class="mark mark-damaged">damaged</span>}
      {(flags & FLAGS.video) !== 0 && (
        <span class="mark">
          <Icon name="play" />
          <span class="unseen">video</span>
        </span>
      )}
    </div>
  );
}

/** What the site removed and this library kept. */
function Removed({ seen }: { seen: number | undefined }): JSX.Element {
  const day = dayText(seen);
  return (
    <span
      class="mark mark-removed"
      title={`Removed from Civitai and kept here${day === '' ? '' : `; last seen ${day}`}`}
    >
      removed{day !== '' && <span class="mark-day"> · seen {day}</span>}
    </span>
  );
}

function Meta({ cards, card }: { cards: Cards; card: number }): JSX.Element {
  const kind = [cards.words.type[cards.type[card] ?? -1], cards.words.base[cards.base[card] ?? -1]];
  const downloads = cards.downloads[card];
  const thumbs = cards.thumbs[card];
  return (
    <div class="card-meta">
      <span>{kind.filter((word) => word !== undefined).join(' · ') || 'unknown type'}</span>
      {downloads === -1 && thumbs === -1 && <span class="figure">{sizeText(cards.size[card])}</span>}
      <Download cards={cards} card={card} />
      {shortCount(thumbs) !== '' && (
        <span class="figure thumbs" title={`${fullCount(thumbs)} thumbs up`}>
          <Icon name="thumb" />
          {shortCount(thumbs)}
        </span>
      )}
    </div>
  );
}

const SITE = 'https://civitai.com';

/** The count of downloads, as the link to this very file; and the link to its page on the site. */
function Download({ cards, card }: { cards: Cards; card: number }): JSX.Element | null {
  const [model = -1, version = -1, file = -1] = [
    cards.model[card],
    cards.siteVersion[card],
    cards.siteFile[card],
  ];
  const count = cards.downloads[card];
  if (version === -1) return null;
  const direct = `${SITE}/api/download/models/${version}${file === -1 ? '' : `?fileId=${file}`}`;
  const known = shortCount(count) === '' ? '' : `${fullCount(count)} downloads. `;
  return (
    <>
      <a class="figure" tabIndex={-1} href={direct} rel="noreferrer" title={`${known}Download from Civitai`}>
        <Icon name="down" />
        {shortCount(count)}
        <span class="unseen">Download from Civitai</span>
      </a>
      {model !== -1 && (
        <a
          class="figure"
          tabIndex={-1}
          href={`${SITE}/models/${model}?modelVersionId=${version}`}
          rel="noreferrer"
          title="Its page on Civitai"
        >
          <Icon name="out" />
          <span class="unseen">Its page on Civitai</span>
        </a>
      )}
    </>
  );
}

function Triggers({ cards, card, actions }: CardProps): JSX.Element {
  const words = cards.triggers[card] ?? [];
  const likely = ((cards.flags[card] ?? 0) & FLAGS.likely) !== 0;
  if (words.length === 0) return <Place cards={cards} card={card} />;
  return (
    <button type="button" class="card-triggers" tabIndex={-1} onClick={() => actions.copyTriggers(card)}>
      <span dir="auto">
        <span class="unseen">Copy {likely ? 'likely ' : ''}trigger words: </span>
        {likely && (
          <span class="likely" title="Tags of the training, from the file’s header">
            likely{' '}
          </span>
        )}
        {words.slice(0, 6).join(', ')}
      </span>
      <Icon name="copy" />
    </button>
  );
}

/** The folder, where no trigger words want the line. */
function Place({ cards, card }: { cards: Cards; card: number }): JSX.Element {
  const folder = cards.words.folder[cards.folder[card] ?? -1] ?? '';
  if (folder === '') return <div class="card-triggers" />;
  return (
    <div class="card-triggers">
      <Icon name="folder" />
      <span dir="auto">
        <span class="unseen">In folder </span>
        {folder}
      </span>
    </div>
  );
}
