import type { ColumnTypes } from './column-types.ts';

/** What we hold, what we asked and wrote: library, answers, states, outputs, runs. */
export function libraryTables(types: ColumnTypes): string[] {
  return [...fileTables(types), ...blobTables(types), ...answerTables(types), ...workTables(types)];
}

function fileTables({ key, int, text, bytes, end }: ColumnTypes): string[] {
  return [
    `create table host (
      id ${text} primary key, name ${text} not null, first_seen_at ${int} not null
    ) ${end}`,
    `create table root (
      id ${key}, host_id ${text} not null references host (id), path ${text} not null,
      device ${text}, added_at ${int} not null, seen_at ${int}, absent_at ${int},
      digest ${text}, settings ${text}, due_at ${int},
      unique (host_id, path)
    ) ${end}`,
    `create table blob (
      id ${key}, sha256 ${text} not null unique, size ${int} not null, first_seen_at ${int} not null
    ) ${end}`,
    `create table file (
      id ${key}, root_id ${int} not null references root (id),
      path ${text} not null, path_key ${text} not null, raw_path ${bytes},
      name ${text} not null, stem ${text} not null, ext ${text} not null, folder ${text} not null,
      size ${int} not null, mtime_ns ${text} not null, ctime_ns ${text} not null,
      device ${text} not null, inode ${text} not null,
      blob_id ${int} references blob (id), state ${text} not null, gone_at ${int},
      first_seen_at ${int} not null, seen_at ${int} not null,
      hashed_at ${int}, hash_origin ${text}, problem ${text},
      unique (root_id, path_key)
    ) ${end}`,
    'create index file_blob on file (blob_id)',
    'create index file_place on file (device, inode)',
  ];
}

function blobTables({ int, text, end }: ColumnTypes): string[] {
  return [
    `create table blob_hash (
      blob_id ${int} not null references blob (id), type ${text} not null, value ${text} not null,
      primary key (blob_id, type)
    ) ${end}`,
    'create index blob_hash_value on blob_hash (type, value)',
    `create table header (
      blob_id ${int} primary key references blob (id), format ${text} not null, warning ${text},
      metadata ${text}, tensors ${int}, parameters ${int}
    ) ${end}`,
    `create table candidate (
      blob_id ${int} not null references blob (id), version_id ${int} not null, model_id ${int} not null,
      civitai_file_id ${int} not null,
      primary key (blob_id, version_id, civitai_file_id)
    ) ${end}`,
    'create index candidate_version on candidate (version_id)',
    'create index candidate_model on candidate (model_id)',
    `create table choice (
      file_id ${int} primary key references file (id), version_id ${int} not null, civitai_file_id ${int} not null,
      pinned ${int} not null, reason ${text} not null, chosen_at ${int} not null
    ) ${end}`,
    'create index choice_version on choice (version_id)',
  ];
}

function answerTables({ key, int, text, bytes, end }: ColumnTypes): string[] {
  return [
    `create table payload (
      id ${key}, kind ${text} not null, subject ${text} not null, source ${text} not null, digest ${text} not null,
      body ${bytes} not null, bytes ${int} not null, first_seen_at ${int} not null,
      unique (kind, subject, source, digest)
    ) ${end}`,
    `create table sighting (
      id ${key}, payload_id ${int} not null references payload (id),
      kind ${text} not null, subject ${text} not null, source ${text} not null,
      from_at ${int} not null, to_at ${int} not null
    ) ${end}`,
    'create index sighting_subject on sighting (kind, subject, to_at)',
    'create index sighting_payload on sighting (payload_id)',
    `create table subject_state (
      kind ${text} not null, subject ${text} not null, state ${text} not null,
      since_at ${int} not null, checked_at ${int}, missed_at ${int}, next_check_at ${int} not null,
      primary key (kind, subject)
    ) ${end}`,
    'create index subject_state_due on subject_state (next_check_at)',
    `create table change (
      id ${key}, kind ${text} not null, subject ${text} not null, at ${int} not null,
      field ${text} not null, before ${text}, after ${text}
    ) ${end}`,
    'create index change_subject on change (kind, subject)',
  ];
}

function workTables({ key, int, text, end }: ColumnTypes): string[] {
  return [
    `create table output (
      id ${key}, path ${text} not null unique, root_id ${int} references root (id), file_id ${int} references file (id),
      kind ${text} not null, image_id ${int}, intent_sha256 ${text}, done_sha256 ${text},
      size ${int}, mtime_ns ${text}, at ${int} not null
    ) ${end}`,
    'create index output_file on output (file_id)',
    'create index output_root on output (root_id)',
    'create index output_image on output (image_id)',
    `create table run (
      id ${key}, verb ${text} not null, host_id ${text} not null references host (id), pid ${int} not null,
      started_at ${int} not null, ended_at ${int}, options ${text} not null, result ${text}, exit_code ${int}
    ) ${end}`,
    'create index run_verb on run (verb, started_at)',
  ];
}
