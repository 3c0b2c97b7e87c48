import { UserError } from '../base/errors.ts';
import type { VersionId } from '../base/ids.ts';
import { pinChoice } from '../catalog/candidate.ts';
import { catalogRoots } from './scanning/catalog-roots.ts';
import { resolve } from 'node:path';
import type { Verb } from './verb.ts';

/** `civitarium pin FILE VERSION`: the user's word on which version a file is. */
export const pin: Verb = {
  name: 'pin',
  summary: 'decide which version a file counts as',
  description:
    'The same bytes are sometimes published under several versions or models. Civitarium chooses by file name, size and precision and shows its choice on the page; pin sets it for good. The version id stands on the page and in links to the site.',
  examples: [['civitarium pin ~/models/lora/ink.safetensors 128713', 'this file is version 128713']],
  arguments: [
    { name: 'file', many: false, required: true, summary: 'a model file that was scanned' },
    { name: 'version', many: false, required: true, summary: 'the version id' },
  ],
  options: [],
  async run(deps, input) {
    const [given = '', version = ''] = input.arguments;
    const versionId = Number(version);
    if (!Number.isInteger(versionId) || versionId <= 0)
      throw new UserError(`"${version}" is not a version id.`, {
        code: 'bad-argument',
        next: 'It is the number after modelVersionId= in a link.',
      });
    const catalog = await deps.catalog();
    const path = resolve(deps.cwd, given);
    const { roots, stocks } = await catalogRoots(deps, catalog, [path]);
    const file = roots.flatMap((root) =>
      (stocks.get(root)?.files ?? []).filter((one) => `${root.target.root}/${one.walked.path}` === path),
    )[0];
    if (file === undefined)
      throw new UserError(`${path} was not scanned.`, {
        code: 'not-scanned',
        next: 'civitarium scan its folder first.',
      });
    const row = await catalog.db
      .selectFrom('candidate')
      .innerJoin('file', 'file.blob_id', 'candidate.blob_id')
      .select('candidate.version_id')
      .where('file.id', '=', file.fileId)
      .execute();
    if (!row.some((candidate) => candidate.version_id === versionId)) {
      throw new UserError(`Version ${versionId} is not one that these bytes were published under.`, {
        code: 'not-a-candidate',
        next: `Candidates: ${row.map((candidate) => candidate.version_id).join(', ') || 'none'}.`,
      });
    }
    if (!deps.settings.dryRun)
      await pinChoice(catalog, file.fileId, versionId as VersionId, deps.clock.now());
    return {
      counts: { total: 1 },
      warnings: [],
      failures: [],
      exitCode: 0,
      summary: [
        deps.settings.dryRun
          ? `${given} would count as version ${versionId}.`
          : `${given} counts as version ${versionId}. civitarium pages writes its page anew.`,
      ],
    };
  },
};
