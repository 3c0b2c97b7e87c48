import type { Verb } from './verb.ts';

/** A verb as the help lists it; the rest is loaded when it is called. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Verb>;
}

/** Every verb, in the order of the help. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'scan',
    summary: 'identify the model files in folders, keep what is known, write pages',
    load: async () => (await import('./scan.ts')).scan,
  },
  {
    name: 'get',
    summary: 'fetch models, versions and files from the site, verified and described',
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'update',
    summary: 'refresh what is known, whatever its age; say what changed',
    load: async () => (await import('./update.ts')).update,
  },
  {
    name: 'pages',
    summary: 'rebuild pages from the catalog, without network',
    load: async () => (await import('./pages.ts')).pages,
  },
  {
    name: 'missing',
    summary: 'list what the site does not have, or no longer has',
    load: async () => (await import('./missing.ts')).missing,
  },
  {
    name: 'duplicates',
    summary: 'list files with the same bytes, or the same tensors',
    load: async () => (await import('./duplicates.ts')).duplicates,
  },
  {
    name: 'clean',
    summary: 'move data of vanished files, and copies on request, to the trash',
    load: async () => (await import('./clean.ts')).clean,
  },
  {
    name: 'krita',
    summary: "bring trigger words into Krita AI Diffusion's loras.json",
    load: async () => (await import('./krita.ts')).krita,
  },
  {
    name: 'prompts',
    summary: 'take words out of prompts by lists, count them, put a LoRA into them',
    load: async () => (await import('./prompts.ts')).prompts,
  },
  {
    name: 'organize',
    summary: 'put files into folders by template',
    load: async () => (await import('./organize.ts')).organize,
  },
  {
    name: 'undo',
    summary: 'take the last run of organize back',
    load: async () => (await import('./undo.ts')).undo,
  },
  {
    name: 'inspect',
    summary: 'show what a model or image file says of itself',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'import',
    summary: "take over other tools' records of what Civitai said",
    load: async () => (await import('./import.ts')).importVerb,
  },
  {
    name: 'verify',
    summary: 'check that the bytes are still right',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'pin',
    summary: 'decide which version a file counts as',
    load: async () => (await import('./pin.ts')).pin,
  },
  {
    name: 'doctor',
    summary: 'check that everything is well',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'config',
    summary: 'check, print or describe the configuration',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'demo',
    summary: 'try it on a sample library, with nothing to set up',
    load: async () => (await import('./demo.ts')).demo,
  },
];
