import { SourceError } from '../../base/errors.ts';
import type { CivitaiFileId, ModelId, VersionId } from '../../base/ids.ts';
import type { File, Model, Version } from '../../civitai/shapes/types.ts';
import type { Target } from '../../civitai/target.ts';
import { isHostGone } from '../../net/failure.ts';
import type { Asked } from './asked.ts';
import { chooseFiles, chooseVersions } from './choose-files.ts';
import { modelAnswers } from './model-answers.ts';
import type { ModelAnswers } from './model-answers.ts';
import type { ResolveOptions } from './resolver.ts';
import { notThere, unwantedBy } from './unwanted.ts';
import type { Unwanted, Wants } from './want.ts';
import { wantsOfVersion } from './wants-of-version.ts';

/** The files of one version that are wanted. */
interface Found {
  readonly model: Model | undefined;
  readonly version: Version;
  readonly files: readonly File[];
}

/** What one target came to. */
interface Outcome {
  readonly found: readonly Found[];
  readonly unwanted: readonly Unwanted[];
  readonly notes: readonly string[];
}

/** Models, versions and files: by the choices where a whole model or version is named, exactly where a file is. */
export async function resolveModels(
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<Map<Asked, Wants>> {
  return await resolveModelsBy(modelAnswers(options), asked, options);
}

/** The same, by answers of which some may be here. */
export async function resolveModelsBy(
  answers: ModelAnswers,
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<Map<Asked, Wants>> {
  const refused = await expectAll(answers, asked);
  const outcomes = new Map<Asked, Outcome>();
  for (const one of asked) {
    const isRefused = refused !== undefined && modelIdIn(one.target) !== undefined;
    const outcome = isRefused ? without(unwantedBy(refused, one.said)) : findOne(one, answers, options);
    outcomes.set(one, await outcome);
  }
  const all = [...outcomes.values()].flatMap(({ found }) => found);
  const lacking = await answers.keep(all.map(({ version }) => version));
  for (const [one, outcome] of outcomes) {
    if (lacking !== undefined) outcomes.set(one, { ...outcome, notes: [...outcome.notes, lacking] });
    break;
  }
  return new Map(
    [...outcomes].map(([one, { found, unwanted, notes }]) => [
      one,
      {
        wants: found.flatMap((each) => wantsOfVersion(each, options)),
        unwanted,
        notes,
        models: answers.told(found.flatMap(({ model }) => model?.id ?? [])),
      },
    ]),
  );
}

/** Asks for all models at once. What the site says no to then, one by one would not be answered either. */
async function expectAll(answers: ModelAnswers, asked: readonly Asked[]): Promise<SourceError | undefined> {
  try {
    await answers.expect(asked.flatMap(({ target }) => modelIdIn(target) ?? []));
    return undefined;
  } catch (error) {
    const isGone: boolean = isHostGone(error);
    if (isGone || !(error instanceof SourceError)) throw error;
    return error;
  }
}

function without(unwanted: Unwanted): Outcome {
  return { found: [], notes: [], unwanted: [unwanted] };
}

function modelIdIn(target: Target): ModelId | undefined {
  if (target.kind === 'number') return target.id as ModelId;
  return target.kind === 'model' || target.kind === 'version' ? target.modelId : undefined;
}

/** What the site refuses about one target says nothing of the others. */
async function findOne(one: Asked, answers: ModelAnswers, options: ResolveOptions): Promise<Outcome> {
  try {
    return await find(one, answers, options);
  } catch (error) {
    return without(unwantedBy(error, one.said));
  }
}

async function find(
  { said, target }: Asked,
  answers: ModelAnswers,
  options: ResolveOptions,
): Promise<Outcome> {
  switch (target.kind) {
    case 'model': {
      const model = await answers.model(target.modelId);
      return model === undefined ? absent(said) : ofModel(said, model, options);
    }
    case 'number': {
      const model = await answers.model(target.id as ModelId);
      if (model !== undefined) return ofModel(said, model, options);
      const version = await findVersion(target.id as VersionId, undefined, answers);
      if (version === undefined) return absent(said);
      const note = `${said} is no model; the version of that number was taken. Say model:${said} or version:${said}.`;
      return { ...ofVersion(said, version, undefined, options), notes: [note] };
    }
    case 'version': {
      const version = await findVersion(target.versionId, target.modelId, answers);
      return version === undefined ? absent(said) : ofVersion(said, version, target.fileId, options);
    }
    case 'hash': {
      const known = await answers.versionByHash(target.hash);
      const version = known && (await findVersion(known.id, known.modelId, answers));
      if (version === undefined) return absent(said);
      const meant = known?.files?.find((file) =>
        Object.values(file.hashes).some((hash) => isHash(hash, target.hash)),
      );
      return ofVersion(said, version, meant?.id, options);
    }
    default:
      return absent(said);
  }
}

/** Sites and files give hashes short or whole. */
function isHash(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/** A version with its model. The model's answer leaves out some files and versions that the version's own has. */
async function findVersion(
  id: VersionId,
  modelId: ModelId | undefined,
  answers: ModelAnswers,
): Promise<Omit<Found, 'files'> | undefined> {
  const named = modelId === undefined ? undefined : await answers.model(modelId);
  const version = await answers.version(id);
  if (version === undefined) {
    const listed = named?.versions.find((one) => one.id === id);
    return listed === undefined ? undefined : { model: named, version: listed };
  }
  const own = version.modelId ?? modelId;
  const model = own === named?.id ? named : own === undefined ? undefined : await answers.model(own);
  return { model, version };
}

function ofModel(said: string, model: Model, { choices }: ResolveOptions): Outcome {
  const versions = chooseVersions(model.versions, choices.versions, choices.since);
  const found = versions.map((version) => ({
    model,
    version,
    files: chooseFiles(version.files ?? [], choices.files),
  }));
  const name = model.name.slice(0, 80);
  if (versions.length === 0) {
    const which = choices.since === undefined ? 'the one asked for' : 'new enough';
    return { found, unwanted: [], notes: [`${said} (${name}): no version of it is ${which}.`] };
  }
  const bare = found.filter(({ version }) => (version.files ?? []).length === 0);
  const unwanted = bare.map(({ version }) =>
    withoutFiles(`${said} (${name}, ${version.name.slice(0, 60)})`, model, version),
  );
  const notes = found
    .filter(({ files, version }) => files.length === 0 && (version.files ?? []).length > 0)
    .map(
      ({ version }) =>
        `${said} (${name}): no file of the version ${version.name.slice(0, 60)} is the one asked for.`,
    );
  return { found: found.filter(({ files }) => files.length > 0), unwanted, notes };
}

function ofVersion(
  said: string,
  { model, version }: Omit<Found, 'files'>,
  fileId: CivitaiFileId | undefined,
  { choices }: ResolveOptions,
): Outcome {
  const all = version.files ?? [];
  const files =
    fileId === undefined ? chooseFiles(all, choices.files) : all.filter(({ id }) => id === fileId);
  if (files.length > 0) return { found: [{ model, version, files }], unwanted: [], notes: [] };
  if (fileId === undefined && all.length === 0)
    return { found: [], unwanted: [withoutFiles(said, model, version)], notes: [] };
  if (fileId === undefined)
    return { found: [], unwanted: [], notes: [`${said}: no file of it is the one asked for.`] };
  return absent(said, 'The version has no such file (any more).');
}

/** The site takes the files out of its answers when it hands them out no more. */
function withoutFiles(what: string, model: Model | undefined, version: Version): Unwanted {
  const isArchived = /^archived$/i.test(model?.mode ?? '');
  return {
    what,
    state: 'refused',
    code: isArchived ? 'archived' : 'no-file',
    why: isArchived
      ? 'The creator has archived it; the site hands its files out no more.'
      : 'The site names no file of it.',
    next: 'What is known of it stays as it is.',
    version: { id: version.id, modelId: model?.id ?? version.modelId, creator: model?.creator?.username },
  };
}

function absent(said: string, why?: string): Outcome {
  return without(notThere(said, why));
}
