import { USUAL_ARIA2 } from '../archive/download/aria2.ts';
import { UserError } from '../base/errors.ts';
import { recorded } from './record-run.ts';
import { getResult } from './getting/get-result.ts';
import { readGetRequest } from './getting/get-request.ts';
import { getWanted } from './getting/get-wanted.ts';
import type { Verb } from './verb.ts';

/** `civitarium get TARGET...`: bring models, versions, files, images, posts and creators' works home. */
export const get: Verb = {
  name: 'get',
  summary:
    'fetch models, files, images, posts, tags, searches and all of a creator from the site, verified and described',
  description:
    'Fetches what targets name: models, versions, files, images, posts and creators by address (civitai.com, civitai.red), AIR, hash or id, or a list file with one of these a line. First it says what is wanted, what is held already and how much room it needs. Each file is checked against the SHA-256 that the site promises before it gets its name; a transfer that is cut goes on where it stopped, in the next run too. Bytes that any scanned folder holds are not fetched again. What has come is described like any scanned file: sidecar, preview, page, gallery.\n\nImages come as they were uploaded, under the extension of what they truly are, into Posts/Post_<id>/, each with a note <imageId>.txt of its prompt, settings and resources; the prompt goes through your lists (see prompts).\n\nOf a creator it fetches all models and images, or those of the page that was named (/models, /images, /posts, /videos), and says how many it saw, how many the site announces, and what became of each. The second time it walks the lists only as far as they can hold something new; --complete walks all of them.\n\nOf a tag or a search of models (/tag/NAME, /models?types=LORA&query=…, /search/models?query=…) it fetches the models that the same question lists, a hundred at most unless --limit says otherwise.',
  examples: [
    ['civitarium get https://civitai.com/models/4384 --output ~/models', 'the newest version of a model'],
    ['civitarium get list.txt --versions all --files all', 'everything of each line of a list'],
    ['civitarium get model:4384 --files primary,vae --dry-run', 'what it would fetch, and how much'],
    ['civitarium get https://civitai.com/posts/1234567', 'all images of a post, with their prompts'],
    ['civitarium get https://civitai.com/user/NAME/models --versions all', 'all models of a creator'],
    ['civitarium get user:NAME --complete', 'walk all lists of a creator again'],
    [
      'civitarium get "https://civitai.com/search/models?query=ink" --limit 20 --dry-run',
      'what a search comes to',
    ],
    ['civitarium get --retry-failed', 'try again whatever did not come'],
  ],
  arguments: [
    {
      name: 'target',
      many: true,
      required: false,
      summary:
        'addresses, AIRs, hashes, ids, or list files; model:N, version:N, image:N and post:N say what a number is, user:NAME a creator, tag:NAME a tag',
    },
  ],
  options: [
    {
      name: 'output',
      kind: 'text',
      value: 'DIR',
      summary: 'folder for the files (default models)',
    },
    {
      name: 'profile',
      kind: 'text',
      value: 'NAME',
      choices: ['beside', 'users'],
      summary:
        'where things go: beside, models into the output itself (default), or users, into Users/<creator>/<model>',
    },
    {
      name: 'versions',
      kind: 'text',
      value: 'latest|all|base:NAME',
      default: 'latest',
      summary: 'versions of a model: the newest (default), all, or those for one base model',
    },
    {
      name: 'files',
      kind: 'text',
      value: 'primary|all|TYPE',
      default: 'primary',
      summary:
        'files of a version: the primary one (default), all, or by type, format or precision: vae, training data, model+fp16; several with commas',
    },
    {
      name: 'media',
      kind: 'text',
      value: 'none|first|all',
      choices: ['none', 'first', 'all'],
      default: 'first',
      summary: 'previews to fetch for each model file (default first)',
    },
    {
      name: 'limit',
      kind: 'number',
      value: 'N',
      default: 100,
      summary: 'models of a tag or search at most (default 100); 0 for all of them',
    },
    { name: 'since', kind: 'text', value: 'DATE', summary: 'only versions published since then: 2026-01-31' },
    {
      name: 'retry-failed',
      kind: 'flag',
      summary: 'try again what failed or was refused; without targets, all of it',
    },
    {
      name: 'complete',
      kind: 'flag',
      summary:
        "walk a creator's lists from end to end, that of the images twice, though only new things are expected",
    },
    { name: 'at-once', kind: 'number', value: 'N', default: 4, summary: 'files fetched at once (default 4)' },
    {
      name: 'limit-rate',
      kind: 'text',
      value: 'SIZE',
      summary: 'bytes a second at most, all files together: 500K, 2M',
    },
    {
      name: 'export-list',
      kind: 'text',
      value: 'FILE',
      summary:
        'write what would be fetched as a list and fetch nothing: an input file of aria2, or plain addresses when FILE ends in .urls; without your key',
    },
    {
      name: 'downloader',
      kind: 'text',
      value: 'NAME',
      choices: ['built-in', 'aria2', 'idm'],
      default: 'built-in',
      summary:
        'who fetches: built-in (default), aria2 by JSON-RPC, or IDM on Windows; all is proven afterwards',
    },
    {
      name: 'users-root',
      kind: 'text',
      value: 'DIR',
      summary: 'with --profile users, the folder of the creators (default Users in the output)',
    },
    {
      name: 'posts-root',
      kind: 'text',
      value: 'DIR',
      summary: 'with --profile users, the folder of the posts (default Posts in the output)',
    },
    {
      name: 'model-meta',
      kind: 'text',
      value: 'creator|model',
      choices: ['creator', 'model'],
      default: 'creator',
      summary:
        'with --profile users, the folder that model_meta_v<id>.json and .txt go into: that of the creator (default) or of the model',
    },
    {
      name: 'lora-copies',
      kind: 'text',
      value: 'DIR',
      summary:
        "a second folder for LoRAs, such as a WebUI's Lora: each is linked or copied there when it is here, under the name of its training or its own",
    },
    {
      name: 'lists',
      kind: 'text',
      value: 'DIR',
      summary: 'folder of the prompt lists (default prompts beside the configuration)',
    },
    {
      name: 'metadata-at-once',
      kind: 'number',
      value: 'N',
      default: 1,
      summary: 'posts and images that the site is asked about at once (default 1)',
    },
    {
      name: 'aria2-url',
      kind: 'text',
      value: 'URL',
      summary: `where aria2 listens on this machine (default ${USUAL_ARIA2}); its secret is read from CIVITARIUM_ARIA2_SECRET`,
    },
    {
      name: 'idm-program',
      kind: 'text',
      value: 'FILE',
      summary: 'where IDMan.exe is, when not at its usual place',
    },
  ],
  async run(deps, input) {
    const request = await readGetRequest(deps, input);
    if (request === undefined) {
      throw new UserError('What shall be fetched?', {
        code: 'no-target',
        next: 'For example: civitarium get https://civitai.com/models/4384',
      });
    }
    return await recorded(deps, 'get', input, async () => getResult(await getWanted(deps, request)));
  },
};
