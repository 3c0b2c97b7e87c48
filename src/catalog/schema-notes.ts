/** The tables of notes beside model files. */

/** The user's own words. */
type OwnField = 'title' | 'notes' | 'activation_text' | 'negative_text' | 'preferred_weight' | 'description' | 'link' | 'level'; // prettier-ignore

/** What programs kept of the site's words, for files of which we have no answer. */
type KeptField = 'model_name' | 'version_name' | 'model_type' | 'base_model' | 'creator' | 'trained_words' | 'tags' | 'model_id' | 'version_id'; // prettier-ignore

/** What a note may say. */
export type NoteField = OwnField | KeptField;

/** What the notes beside a model file say, one winner a field: the user's own words first, with whose note has them. */
export interface UserFieldTable {
  file_id: number;
  /** `notes`, `activation_text`, `trained_words` …: the user's own words, or what programs kept of the site's. */
  field: NoteField;
  /** Text; lists as JSON. */
  value: string;
  /** The sidecar's format name. */
  origin: string;
  /** When it was first read so. */
  at: number;
}

/** A note of another program beside a model file, as it was last read. */
export interface SidecarTable {
  file_id: number;
  /** Base name. */
  name: string;
  size: number;
  mtime_ns: string;
}

/** A hash that another program noted of a model file, as it was imported. */
export interface NotedHashTable {
  /** The note, absolute. */
  record: string;
  /** The model file's base name. */
  name: string;
  sha256: string;
  /** What the site says of the file with that hash; null when it says nothing, and then the note proves nothing. */
  size: number | null;
  /** Where the file lay, as it was noted; null when that was not noted. */
  path: string | null;
  noted_at: number;
}
