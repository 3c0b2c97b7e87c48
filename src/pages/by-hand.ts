import type { ModelFileView, NoteView } from '../catalog/views.ts';
import { type Html, html, nothing } from './html.ts';

type Field = NoteView['field'];

/** What a page calls its model. */
export interface Shown {
  readonly name: string;
  readonly versionName: string | undefined;
  readonly type: string | undefined;
  readonly baseModel: string | undefined;
  readonly creator: string | undefined;
  readonly trainedWords: readonly string[];
  readonly tags: readonly string[];
}

/** The word written by hand, then the site's, then what programs kept of that. What is guessed is not among them. */
export function shownOf(view: ModelFileView): Shown {
  const { known } = view;
  const said = (field: Field): string | undefined => noteOf(view, field)?.value;
  const listed = (field: Field): readonly string[] | undefined => {
    const text = said(field);
    return text === undefined ? undefined : wordsIn(text);
  };
  return {
    name: said('model_name') ?? known?.modelName ?? view.stem,
    versionName: said('version_name') ?? known?.versionName,
    type: said('model_type') ?? known?.type,
    baseModel: said('base_model') ?? known?.baseModel,
    creator: said('creator') ?? known?.creator,
    trainedWords: listed('trained_words') ?? known?.trainedWords ?? [],
    tags: listed('tags') ?? known?.tags ?? [],
  };
}

/** The note that counts for a field: of a model that the site describes only what was written by hand. */
function noteOf({ notes = [], known }: ModelFileView, field: Field): NoteView | undefined {
  return notes.find((note) => note.field === field && (known === undefined || note.origin === 'about'));
}

/** A small word beside what was written by hand. */
export function handMark({ notes = [] }: ModelFileView, ...fields: Field[]): Html {
  const isByHand = notes.some((note) => note.origin === 'about' && fields.includes(note.field));
  return isByHand
    ? html` <span class="muted by-hand" title="From the description beside the model">by hand</span>`
    : nothing;
}

/** The texts of a list kept as JSON. */
export function wordsIn(json: string): string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
}
