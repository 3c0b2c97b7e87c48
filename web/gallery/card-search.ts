import { type SearchIndex, termIndex } from '../browse/search.ts';
import type { Cards } from './card-data.ts';

/** An index over all fields of the cards; `about` gives a card's longer text. */
export function searchIndex(cards: Cards, about: (card: number) => string): SearchIndex {
  return termIndex(cards.count, (card) => fieldsOf(cards, card, about));
}

function fieldsOf(cards: Cards, card: number, about: (card: number) => string): string {
  const word = (list: keyof Cards['words'], at: number | undefined): string =>
    cards.words[list][at ?? -1] ?? '';
  return [
    cards.name[card],
    cards.version[card],
    cards.path[card],
    word('type', cards.type[card]),
    word('base', cards.base[card]),
    word('creator', cards.creator[card]),
    ...(cards.tags[card] ?? []).map((tag) => word('tag', tag)),
    ...(cards.triggers[card] ?? []),
    about(card),
  ].join('\n');
}
