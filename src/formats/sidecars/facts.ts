/** The programs whose notes beside model files we read. */
export type SidecarFormat =
  | 'about'
  | 'a1111'
  | 'civitai-info'
  | 'api-info'
  | 'civitscraper'
  | 'lora-manager'
  | 'stability-matrix'
  | 'swarmui'
  | 'data-manager-hash'
  | 'data-manager-version'
  | 'data-manager-model';

/** What a note beside a model file says of it, in whatever format it was kept. Hostile until escaped. */
export interface SidecarFacts {
  readonly format: SidecarFormat;
  readonly modelName: string | undefined;
  /** What the user calls it. */
  readonly ownTitle: string | undefined;
  readonly versionName: string | undefined;
  /** A user's activation text is one entry, commas and all. */
  readonly trainedWords: readonly string[];
  readonly negativeText: string | undefined;
  /** The strength the user or the author prefers. */
  readonly preferredWeight: number | undefined;
  /** The user's own words. */
  readonly notes: string | undefined;
  /** Often HTML. */
  readonly description: string | undefined;
  readonly baseModel: string | undefined;
  readonly modelType: string | undefined;
  readonly creator: string | undefined;
  readonly tags: readonly string[];
  readonly modelId: number | undefined;
  readonly versionId: number | undefined;
  /** `SHA256`, `AutoV3`, `BLAKE3`, `CRC32` … to lower-case hex, of the file the note lies beside. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Bytes of the file when the hashes were taken, if the note says. */
  readonly size: number | undefined;
  /** Modification time of the file when the hashes were taken, epoch ms, if the note says. */
  readonly modifiedAt: number | undefined;
  /** Where the model can be read of, as the user wrote it. */
  readonly link: string | undefined;
  /** The rating as the site's bit, as the user gave it. */
  readonly level: number | undefined;
  /** True when the note only says that the site does not know the file. */
  readonly unknownToSite: boolean;
}

/** Facts of which only some are known. */
export function sidecarFacts(known: Partial<SidecarFacts> & Pick<SidecarFacts, 'format'>): SidecarFacts {
  return {
    modelName: undefined,
    ownTitle: undefined,
    versionName: undefined,
    trainedWords: [],
    negativeText: undefined,
    preferredWeight: undefined,
    notes: undefined,
    description: undefined,
    baseModel: undefined,
    modelType: undefined,
    creator: undefined,
    tags: [],
    modelId: undefined,
    versionId: undefined,
    hashes: {},
    size: undefined,
    modifiedAt: undefined,
    link: undefined,
    level: undefined,
    unknownToSite: false,
    ...known,
  };
}
