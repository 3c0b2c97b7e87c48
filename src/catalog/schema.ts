import type { ColumnType, Generated } from 'kysely';

import type { CoverageMemberTable, CoverageTable } from './schema-coverage.ts';
import type { GenParamTable, ImageAliasTable, ImageTable, ImageUseTable } from './schema-images.ts';
import type { NotedHashTable, SidecarTable, UserFieldTable } from './schema-notes.ts';
import type { JournalStepTable, LeaseTable, RunTable, TrashTable, PagesDueTable } from './schema-runs.ts';
import type { PlaceTable, TransferTable } from './schema-transfers.ts';

/**
 * The tables, as both engines hold them. Times are epoch milliseconds (`…_at`), sizes bytes, flags 0 or 1, lists and
 * objects JSON text, 64-bit values text. `path` columns hold forward slashes.
 */
export interface Tables {
  host: HostTable;
  root: RootTable;
  file: FileTable;
  blob: BlobTable;
  blob_hash: BlobHashTable;
  header: HeaderTable;
  payload: PayloadTable;
  sighting: SightingTable;
  subject_state: SubjectStateTable;
  change: ChangeTable;
  candidate: CandidateTable;
  choice: ChoiceTable;
  creator: CreatorTable;
  model: ModelTable;
  model_tag: ModelTagTable;
  version: VersionTable;
  version_file: VersionFileTable;
  version_file_hash: VersionFileHashTable;
  version_stat: VersionStatTable;
  image: ImageTable;
  image_alias: ImageAliasTable;
  image_use: ImageUseTable;
  gen_param: GenParamTable;
  output: OutputTable;
  run: RunTable;
  journal_step: JournalStepTable;
  pages_due: PagesDueTable;
  trash: TrashTable;
  transfer: TransferTable;
  coverage: CoverageTable;
  coverage_member: CoverageMemberTable;
  place: PlaceTable;
  lease: LeaseTable;
  user_field: UserFieldTable;
  sidecar: SidecarTable;
  noted_hash: NotedHashTable;
  search_doc: SearchDocTable;
  migration: MigrationTable;
}

type Flag = number;
type Bytes = ColumnType<Uint8Array, Uint8Array, Uint8Array>;

/** A machine, by a random id kept in its state folder. */
export interface HostTable {
  id: string;
  name: string;
  first_seen_at: number;
}

/** A folder the user gave us, on one host. */
export interface RootTable {
  id: Generated<number>;
  host_id: string;
  /** Absolute, native separators. */
  path: string;
  /** `st_dev` when last seen present. */
  device: string | null;
  added_at: number;
  seen_at: number | null;
  /** Since when it is absent (gone, empty, on another device); nothing follows from absence. */
  absent_at: number | null;
  /** Digest of the tree as the last complete scan left it: equal digest, nothing to do. */
  digest: string | null;
  /** The settings that scan ran with. */
  settings: string | null;
  /** When the first answer of this root's files falls due again. */
  due_at: number | null;
}

/** A model file of a root. */
export interface FileTable {
  id: Generated<number>;
  root_id: number;
  /** Relative to the root; text fit for the eye, U+FFFD where the name is not UTF-8. */
  path: string;
  /** Unique in the root: `path`, or `hex:…` of the bytes when the name is not UTF-8. */
  path_key: string;
  /** The bytes of the relative path when it is not UTF-8. */
  raw_path: Uint8Array | null;
  /** Base name with extension, base name without, and extension in lower case with its dot. */
  name: string;
  stem: string;
  ext: string;
  /** Folder relative to the root, empty for the root itself. */
  folder: string;
  size: number;
  mtime_ns: string;
  ctime_ns: string;
  device: string;
  inode: string;
  blob_id: number | null;
  /** `described`: no file at all, a description by hand without one. */
  state: 'present' | 'gone' | 'described';
  /** When a scan first missed it; null while it is present. */
  gone_at: number | null;
  first_seen_at: number;
  seen_at: number;
  hashed_at: number | null;
  /** Where the hash came from: `read`, `moved`, or the sidecar's format name. */
  hash_origin: string | null;
  /** Why it could not be hashed, one sentence. */
  problem: string | null;
}

/** Some bytes, wherever they lie. */
export interface BlobTable {
  id: Generated<number>;
  sha256: string;
  size: number;
  first_seen_at: number;
}

/** The other hashes of a blob: AutoV1, AutoV2, AutoV3 (64 digits), CRC32, BLAKE3; lower-case hex as Civitai orders it. */
export interface BlobHashTable {
  blob_id: number;
  type: string;
  value: string;
}

/** What a model file says of itself. */
export interface HeaderTable {
  blob_id: number;
  /** `safetensors`, `gguf`, `zip`, `pickle`, `unknown`. */
  format: string;
  /** A sentence when the header is damaged. */
  warning: string | null;
  /** `__metadata__` and kin as JSON text, bounded in size. */
  metadata: string | null;
  tensors: number | null;
  parameters: number | null;
  /** What it lets guess (type, base model, likely trigger words), JSON; null where there is no metadata, or it was read before hints were kept. */
  hints: string | null;
}

/** A raw answer about one subject, zstd-compressed. Equal but for statistics means equal digest: kept once. */
export interface PayloadTable {
  id: Generated<number>;
  kind: 'model' | 'version' | 'image' | 'creator';
  subject: string;
  /** The endpoint, for example `models?ids`. */
  source: string;
  digest: string;
  body: Bytes;
  /** Length before compression. */
  bytes: number;
  first_seen_at: number;
}

/** When a payload was seen: an unbroken span of looks. */
export interface SightingTable {
  id: Generated<number>;
  payload_id: number;
  kind: string;
  subject: string;
  source: string;
  from_at: number;
  to_at: number;
}

export type SubjectState = 'found' | 'missing' | 'removed' | 'unchecked';
export type SubjectKind = 'hash' | 'version' | 'model' | 'image';

export interface SubjectStateTable {
  kind: SubjectKind;
  subject: string;
  state: SubjectState;
  /** Since when it is in this state. */
  since_at: number;
  /** Last answer worth the name; null when there never was one. */
  checked_at: number | null;
  /** The first look that missed it while it counted as found. */
  missed_at: number | null;
  /** When to ask again. */
  next_check_at: number;
}

/** Append-only: what changed on the site, field by field, statistics apart. */
export interface ChangeTable {
  id: Generated<number>;
  kind: string;
  subject: string;
  at: number;
  field: string;
  before: string | null;
  after: string | null;
}

/** The versions a blob may belong to. */
export interface CandidateTable {
  blob_id: number;
  version_id: number;
  model_id: number;
  /** Civitai's file id; 0 when the answer did not list the file. */
  civitai_file_id: number;
}

/** Which candidate a library file counts as. */
export interface ChoiceTable {
  file_id: number;
  version_id: number;
  civitai_file_id: number;
  pinned: Flag;
  /** Why this one, a phrase. */
  reason: string;
  chosen_at: number;
}

export interface CreatorTable {
  /** The name in lower case: Civitai's names ignore case. */
  username_key: string;
  username: string;
  image: string | null;
}

export interface ModelTable {
  id: number;
  name: string;
  type: string;
  /** HTML as the site gave it: hostile. */
  description: string | null;
  creator_key: string | null;
  nsfw: Flag;
  nsfw_level: number;
  /** Null while only short answers were seen, which do not say. */
  poi: Flag | null;
  minor: Flag | null;
  mode: string | null;
  availability: string | null;
  allow_no_credit: Flag | null;
  allow_derivatives: Flag | null;
  allow_different_license: Flag | null;
  commercial_use: string | null;
  download_count: number | null;
  thumbs_up: number | null;
  thumbs_down: number | null;
  comment_count: number | null;
  tipped: number | null;
  /** Only from payloads that have them. */
  rating: number | null;
  rating_count: number | null;
  favorite_count: number | null;
  first_seen_at: number;
  seen_at: number;
}

export interface ModelTagTable {
  model_id: number;
  tag: string;
  position: number;
}

export interface VersionTable {
  id: number;
  model_id: number;
  name: string;
  /** Order on the site, 0 is newest; null when only an answer without order was seen. */
  position: number | null;
  base_model: string | null;
  base_model_type: string | null;
  description: string | null;
  /** JSON list of texts. */
  trained_words: string;
  nsfw_level: number;
  air: string | null;
  status: string | null;
  availability: string | null;
  usage_control: string | null;
  published_at: number | null;
  created_at: number | null;
  updated_at: number | null;
  early_access_until: number | null;
  download_count: number | null;
  thumbs_up: number | null;
  thumbs_down: number | null;
  first_seen_at: number;
  seen_at: number;
}

export interface VersionFileTable {
  id: number;
  version_id: number;
  name: string;
  type: string;
  size_bytes: number;
  format: string | null;
  /** `fp16`, `bf16` … */
  precision: string | null;
  /** `full` or `pruned`. */
  extent: string | null;
  quant: string | null;
  is_primary: Flag;
  pickle_scan: string | null;
  virus_scan: string | null;
  scanned_at: number | null;
}

export interface VersionFileHashTable {
  file_id: number;
  type: string;
  /** Lower-case hex. */
  value: string;
}

/** Counters of a version as seen at a time; a row only when they changed. */
export interface VersionStatTable {
  version_id: number;
  at: number;
  download_count: number | null;
  thumbs_up: number | null;
  thumbs_down: number | null;
}

/**
 * A file we wrote or are about to write, or an imported `picture`. `path` is absolute; it is ours if its bytes hash to one
 * of the two and it is no `picture`.
 */
export interface OutputTable {
  id: Generated<number>;
  path: string;
  root_id: number | null;
  /** The library file it describes, when there is one. */
  file_id: number | null;
  /** `picture`: a preview that another program fetched and that was imported; shown like ours, but never ours. */
  kind: 'info' | 'sidecar' | 'preview' | 'picture' | 'page' | 'gallery' | 'asset' | 'thumb' | 'list';
  image_id: number | null;
  intent_sha256: string | null;
  done_sha256: string | null;
  size: number | null;
  mtime_ns: string | null;
  at: number;
}

/** The words under which something is found; each engine has its own index over `terms`. */
export interface SearchDocTable {
  id: Generated<number>;
  kind: 'file' | 'model';
  subject: number;
  /** Normalised terms joined by blanks; see query/terms.ts. */
  terms: string;
}

/** The steps of the schema's history that were taken here. */
export interface MigrationTable {
  name: string;
  applied_at: number;
}
