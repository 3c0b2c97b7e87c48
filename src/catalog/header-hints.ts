import { isRecord } from '../base/json.ts';
import { trainingOf } from './view-training.ts';
import type { HeaderHints, TrainingView } from './views.ts';

/** Words kept: enough to be found by. */
const MOST_WORDS = 60;

/** Base models as the site calls them, by what architectures, trainers and model names say; first hit wins. */
const BASES: readonly (readonly [RegExp, string])[] = [
  [/pony/i, 'Pony'],
  [/illustrious/i, 'Illustrious'],
  [/noobai|noob[-_ ]?xl/i, 'NoobAI'],
  [/stable-diffusion-xl|sdxl|sd_?xl/i, 'SDXL 1.0'],
  [/flux[-_.]?1?[-_]?schnell/i, 'Flux.1 S'],
  [/flux/i, 'Flux.1 D'],
  [/stable-diffusion-3|sd_?3[-_. ]?5/i, 'SD 3.5'],
  [/sd_?3\b/i, 'SD 3'],
  [/wan[-_ ]?(?:2|video)/i, 'Wan Video'],
  [/hunyuan[-_ ]?video/i, 'Hunyuan Video'],
  [/stable-diffusion-v2|sd_v2/i, 'SD 2.1'],
  [/stable-diffusion-v1|sd_v1|v1-5|sd1[-_.]?5/i, 'SD 1.5'],
];

/** What the facts of a header say: the guess is as good as they are. */
export function hintsOf(training: TrainingView | undefined): HeaderHints {
  if (training === undefined) return { type: undefined, baseModel: undefined, words: [] };
  const facts = new Map(training.facts);
  const sources = ['Trained on', 'Architecture', 'Base model'].map((label) => facts.get(label) ?? '');
  const base = BASES.find(([form]) => sources.some((text) => form.test(text)));
  return {
    type: typeOf(facts),
    baseModel: base?.[1],
    words: training.tags.slice(0, MOST_WORDS).map(({ tag }) => tag),
  };
}

function typeOf(facts: ReadonlyMap<string, string>): string | undefined {
  const network = facts.get('Network') ?? '';
  if (/lycoris|locon|loha|lokr/i.test(network)) return 'LoCon';
  if (network !== '') return 'LORA';
  const part = /\/([a-z-]+)$/i.exec(facts.get('Architecture') ?? '')?.[1]?.toLowerCase();
  if (part === 'lora' || part === 'locon') return part === 'lora' ? 'LORA' : 'LoCon';
  return part === 'textual-inversion' ? 'TextualInversion' : undefined;
}

/** Hints as the column that holds them. */
export function hintsText(metadata: string | undefined): string | null {
  return metadata === undefined ? null : JSON.stringify(hintsOf(trainingOf(metadata)));
}

/** Hints out of their column; made anew from the header where an older version of this program left none. */
export function readHints(hints: string | null, metadata: string | null): HeaderHints {
  const value: unknown = hints === null ? undefined : JSON.parse(hints);
  if (!isRecord(value)) return hintsOf(trainingOf(metadata));
  const text = (name: string): string | undefined => {
    const one = value[name];
    return typeof one === 'string' ? one : undefined;
  };
  const words: unknown[] = Array.isArray(value['words']) ? value['words'] : [];
  return { type: text('type'), baseModel: text('baseModel'), words: words.map(String) };
}
