import { parseSha256 } from '../../base/ids.ts';
import { downloadLink } from '../../civitai/links.ts';
import type { File, Model, Version } from '../../civitai/shapes/types.ts';
import { fileNameFor, freeName } from './name-files.ts';
import type { Want } from './want.ts';

/** Some files of a version as things to be brought. Files of one version with one name are told apart by what they are. */
export function wantsOfVersion(
  {
    model,
    version,
    files,
  }: { readonly model: Model | undefined; readonly version: Version; readonly files: readonly File[] },
  { apiOrigin, output }: { readonly apiOrigin: string; readonly output: string },
): Want[] {
  const taken = new Set<string>();
  const modelName = model?.name ?? version.model?.name ?? `Model ${version.modelId ?? '?'}`;
  const modelId = model?.id ?? version.modelId;
  const creator = model?.creator?.username;
  return files.map((file): Want => {
    const said = fileNameFor(file.name, `civitai-${file.id}`);
    const words = [file.fp, file.extent, file.quantType, String(file.id)].flatMap((word) => plainWord(word));
    return {
      kind: 'file',
      subject: String(file.id),
      title: `${modelName.slice(0, 60)} · ${version.name.slice(0, 40)} · ${said}`,
      source: downloadLink(apiOrigin, version.id, file.id),
      output,
      folder: output,
      name: freeName(said, words, taken),
      tellApart: [`v${version.id}`, `f${file.id}`],
      modelId,
      versionId: version.id,
      size: file.size > 0 ? file.size : undefined,
      sha256: parseSha256(file.hashes['SHA256']),
      ...(modelId === undefined ? {} : { belongs: { kind: 'model', id: modelId, name: modelName, creator } }),
    };
  });
}

/** Words of the site that may stand in a name. */
function plainWord(word: string | undefined): string[] {
  return word !== undefined && /^\w{1,20}$/.test(word) ? [word] : [];
}
