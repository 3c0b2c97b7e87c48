import { UserError } from '../base/errors.ts';
import { KEPT_TAGS } from '../prompts/without-terms.ts';
import { MATCH_MODES } from '../prompts/term-list.ts';
import { countTerms } from './prompting/count-terms.ts';
import { filterPrompts } from './prompting/filter-prompts.ts';
import { initLists } from './prompting/init-lists.ts';
import type { Deps } from './deps.ts';
import type { Input } from './option.ts';
import { recorded } from './record-run.ts';
import type { RunResult, Verb } from './verb.ts';

type Work = (deps: Deps, input: Input, paths: readonly string[]) => Promise<RunResult>;

const WORKS: Readonly<Record<string, Work>> = {
  init: async (deps, input) => await initLists(deps, input),
  filter: async (deps, input, paths) => await filterPrompts(deps, input, paths, 'filter'),
  rebuild: async (deps, input, paths) => await filterPrompts(deps, input, paths, 'rebuild'),
  terms: async (deps, input, paths) => await countTerms(deps, input, paths),
};

/** `civitarium prompts init|filter|rebuild|terms`. */
export const prompts: Verb = {
  name: 'prompts',
  summary: 'take words out of prompts by lists, count them, put a LoRA into them',
  description:
    'prompts filter takes the terms of your lists out of the prompts in notes (`<imageId>.txt`, as downloaders write them): the field prompt is without the terms of all lists, prompt_with_clothes keeps those of the list Clothes, and other variants are up to you. It always starts from raw_prompt, which never changes, so that a changed list brings words back. prompts rebuild does the same for prompts that are to load a LoRA under the name it has now. prompts terms counts the terms. prompts init makes the files of the lists.\n\nPaths are folders, notes or images with their prompt inside; without any, filter and terms take the prompts that the catalog knows, and filter writes them to --output alone.',
  examples: [
    ['civitarium prompts init', 'make Filter_Sex.txt, Filter_Clothes.txt and Filter_Etc.txt'],
    ['civitarium prompts filter images --dry-run', 'what would change'],
    ['civitarium prompts filter images --variant prompt=all --variant calm=Sex', 'fields prompt and calm'],
    ['civitarium prompts terms images --output terms.csv', 'every term with its count'],
    ['civitarium prompts rebuild images --lora ink_v2 --from ink', 'for a LoRA that was renamed'],
  ],
  arguments: [
    { name: 'what', many: false, required: true, summary: 'init, filter, rebuild or terms' },
    { name: 'path', many: true, required: false, summary: 'folders, notes or images' },
  ],
  options: [
    {
      name: 'lists',
      kind: 'text',
      value: 'DIR',
      summary: 'the folder of the lists (default: prompts in the folder of your configuration)',
    },
    {
      name: 'use',
      kind: 'list',
      value: 'NAMES',
      summary: 'which lists, as Sex,Clothes:word; each is a file Filter_NAME.txt (default Sex,Clothes,Etc)',
    },
    {
      name: 'variant',
      kind: 'list',
      value: 'NAME=LISTS',
      summary:
        'a field and the lists it goes without: all, all-Clothes, Sex+Etc (default prompt=all,prompt_with_clothes=all-Clothes)',
    },
    {
      name: 'match',
      kind: 'text',
      value: 'HOW',
      choices: MATCH_MODES,
      default: 'exact',
      summary: 'exact terms, terms that hold one as whole words, or patterns with * and ? (default exact)',
    },
    {
      name: 'tags',
      kind: 'text',
      value: 'WHICH',
      choices: KEPT_TAGS,
      default: 'all',
      summary: 'which tags of LoRAs stay: all, the last or none (default all)',
    },
    {
      name: 'compat',
      kind: 'flag',
      summary: 'as the older post and user downloader did, its quirks included',
    },
    { name: 'negative', kind: 'flag', summary: 'terms: of negative prompts' },
    {
      name: 'output',
      kind: 'list',
      value: 'FILE',
      summary: 'write what was found to FILE: .json, or .csv for terms; both may be given',
    },
    {
      name: 'lora',
      kind: 'text',
      value: 'NAME',
      summary: 'rebuild: the name that the LoRA has now (default: from the model file beside the notes)',
    },
    { name: 'from', kind: 'text', value: 'NAME', summary: 'rebuild: the name that it had' },
  ],
  async run(deps, input) {
    const [what = '', ...paths] = input.arguments;
    const work = Object.hasOwn(WORKS, what) ? WORKS[what] : undefined;
    if (work === undefined)
      throw new UserError(`prompts knows init, filter, rebuild and terms, not "${what}".`, {
        code: 'bad-argument',
        next: 'civitarium help prompts',
      });
    return await recorded(deps, 'prompts', input, async () => await work(deps, input, paths));
  },
};
