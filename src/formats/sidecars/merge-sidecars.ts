import type { SidecarFacts, SidecarFormat } from './facts.ts';

/** A value and whose note says it. */
export interface Said<Value> {
  readonly value: Value;
  readonly origin: SidecarFormat;
}

/** All that the notes beside one model file say, field by field. */
export interface MergedSidecar {
  /** The user's own words; a note of the site never fills these. */
  readonly own: {
    readonly title?: Said<string>;
    readonly notes?: Said<string>;
    /** What the user types to call the model up, as one text. */
    readonly activationText?: Said<string>;
    readonly negativeText?: Said<string>;
    readonly preferredWeight?: Said<number>;
    readonly description?: Said<string>;
    readonly link?: Said<string>;
    /** The rating, as the site's bit. */
    readonly level?: Said<number>;
  };
  /** What other programs kept of the site's answers: for files that the site no longer knows. */
  readonly kept: {
    readonly modelName?: Said<string>;
    readonly versionName?: Said<string>;
    readonly modelType?: Said<string>;
    readonly baseModel?: Said<string>;
    readonly creator?: Said<string>;
    readonly trainedWords?: Said<readonly string[]>;
    readonly tags?: Said<readonly string[]>;
    readonly description?: Said<string>;
    readonly modelId?: Said<number>;
    readonly versionId?: Said<number>;
  };
}

/** What was written by hand for us, then the programs in whose windows people write notes, the one most people write in first. */
const USERS: readonly SidecarFormat[] = ['about', 'a1111', 'lora-manager', 'stability-matrix', 'swarmui'];
/** The hand-written word, then where the site's words stand most nearly as the site gave them. */
const SITES: readonly SidecarFormat[] = [
  'about',
  'civitai-info',
  'civitscraper',
  'api-info',
  'data-manager-version',
  'data-manager-model',
  'lora-manager',
  'stability-matrix',
  'swarmui',
  'a1111',
];
/** Formats whose trigger words are one text that a user may change. */
const ACTIVATION: readonly SidecarFormat[] = ['a1111', 'swarmui'];

/**
 * Merges the notes beside one file into one view. For each field the first note that says something wins, in an order of
 * its own for the user's words and for the site's. `sha256`: of the file, lower-case hex; a note about other bytes may
 * keep the user's words, but says nothing of this file.
 */
export function mergeSidecars(facts: readonly SidecarFacts[], sha256?: string): MergedSidecar {
  const users = inOrder(facts, USERS);
  const about = facts.filter((one) => !one.unknownToSite && isAbout(one, sha256));
  const sites = inOrder(about, SITES);
  const ofUsers = inOrder(facts, ACTIVATION);
  return {
    own: defined({
      title: first(users, (one) => one.ownTitle),
      notes: first([...users, ...sites], (one) => one.notes),
      activationText: first(ofUsers, (one) => one.trainedWords[0]),
      negativeText: first(users, (one) => one.negativeText),
      preferredWeight: first(users, (one) => one.preferredWeight),
      description: first(inOrder(facts, ['about', 'a1111']), (one) => one.description),
      link: first(users, (one) => one.link),
      level: first(users, (one) => one.level),
    }),
    kept: defined({
      modelName: first(sites, (one) => one.modelName),
      versionName: first(sites, (one) => one.versionName),
      modelType: first(sites, (one) => one.modelType),
      baseModel: first(sites, (one) => one.baseModel),
      creator: first(sites, (one) => one.creator),
      trainedWords: first(sites, (one) =>
        ACTIVATION.includes(one.format) ? undefined : filled(one.trainedWords),
      ),
      tags: first(sites, (one) => filled(one.tags)),
      description: first(sites, (one) => (one.format === 'a1111' ? undefined : one.description)),
      modelId: first(sites, (one) => one.modelId),
      versionId: first(sites, (one) => one.versionId),
    }),
  };
}

function inOrder(facts: readonly SidecarFacts[], order: readonly SidecarFormat[]): SidecarFacts[] {
  return order.flatMap((format) => facts.filter((one) => one.format === format));
}

function isAbout({ hashes }: SidecarFacts, sha256: string | undefined): boolean {
  return sha256 === undefined || hashes['SHA256'] === undefined || hashes['SHA256'] === sha256;
}

function first<Value>(
  facts: readonly SidecarFacts[],
  read: (facts: SidecarFacts) => Value | undefined,
): Said<Value> | undefined {
  for (const one of facts) {
    const value = read(one);
    if (value !== undefined) return { value, origin: one.format };
  }
  return undefined;
}

function filled(words: readonly string[]): readonly string[] | undefined {
  return words.length === 0 ? undefined : words;
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
}
