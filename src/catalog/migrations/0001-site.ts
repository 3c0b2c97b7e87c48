import type { ColumnTypes } from './column-types.ts';

/**
 * What the site says: creators, models, versions, their files, images. No foreign keys here: answers arrive in any
 * order, a version before its model, an image before its version.
 */
export function siteTables(types: ColumnTypes): string[] {
  return [...modelTables(types), ...versionTables(types), ...versionFileTables(types), ...imageTables(types)];
}

function modelTables({ int, real, text, end }: ColumnTypes): string[] {
  return [
    `create table creator (username_key ${text} primary key, username ${text} not null, image ${text}) ${end}`,
    `create table model (
      id ${int} primary key, name ${text} not null, type ${text} not null, description ${text}, creator_key ${text},
      nsfw ${int} not null, nsfw_level ${int} not null, poi ${int}, minor ${int},
      mode ${text}, availability ${text},
      allow_no_credit ${int}, allow_derivatives ${int}, allow_different_license ${int}, commercial_use ${text},
      download_count ${int}, thumbs_up ${int}, thumbs_down ${int}, comment_count ${int}, tipped ${int},
      rating ${real}, rating_count ${int}, favorite_count ${int},
      first_seen_at ${int} not null, seen_at ${int} not null
    ) ${end}`,
    'create index model_creator on model (creator_key)',
    `create table model_tag (
      model_id ${int} not null, tag ${text} not null, position ${int} not null,
      primary key (model_id, tag)
    ) ${end}`,
    'create index model_tag_tag on model_tag (tag)',
  ];
}

function versionTables({ int, text, end }: ColumnTypes): string[] {
  return [
    `create table version (
      id ${int} primary key, model_id ${int} not null, name ${text} not null, position ${int},
      base_model ${text}, base_model_type ${text}, description ${text}, trained_words ${text} not null,
      nsfw_level ${int} not null, air ${text}, status ${text}, availability ${text}, usage_control ${text},
      published_at ${int}, created_at ${int}, updated_at ${int}, early_access_until ${int},
      download_count ${int}, thumbs_up ${int}, thumbs_down ${int},
      first_seen_at ${int} not null, seen_at ${int} not null
    ) ${end}`,
    'create index version_model on version (model_id)',
    `create table version_stat (
      version_id ${int} not null, at ${int} not null,
      download_count ${int}, thumbs_up ${int}, thumbs_down ${int},
      primary key (version_id, at)
    ) ${end}`,
  ];
}

function versionFileTables({ int, real, text, end }: ColumnTypes): string[] {
  return [
    // Civitai states sizes in KB with fractions: bytes computed from them need not be whole.
    `create table version_file (
      id ${int} primary key, version_id ${int} not null, name ${text} not null, type ${text} not null,
      size_bytes ${real} not null, format ${text}, precision ${text}, extent ${text}, quant ${text},
      is_primary ${int} not null, pickle_scan ${text}, virus_scan ${text}, scanned_at ${int}
    ) ${end}`,
    'create index version_file_version on version_file (version_id)',
    `create table version_file_hash (
      file_id ${int} not null, type ${text} not null, value ${text} not null,
      primary key (file_id, type)
    ) ${end}`,
    'create index version_file_hash_value on version_file_hash (value)',
  ];
}

function imageTables({ int, real, text, end }: ColumnTypes): string[] {
  return [
    `create table image (
      id ${int} primary key, uuid ${text}, url ${text} not null, media ${text} not null, width ${int}, height ${int},
      nsfw_level ${int} not null, blurhash ${text}, post_id ${int}, username ${text}, created_at ${int},
      seen_at ${int} not null
    ) ${end}`,
    `create table image_alias (alias ${text} primary key, image_id ${int} not null) ${end}`,
    'create index image_alias_image on image_alias (image_id)',
    `create table image_use (
      version_id ${int} not null, image_id ${int} not null, position ${int} not null,
      primary key (version_id, image_id)
    ) ${end}`,
    'create index image_use_image on image_use (image_id)',
    `create table gen_param (
      image_id ${int} not null, source ${text} not null, prompt ${text}, negative ${text}, seed ${text},
      steps ${real}, cfg ${real}, sampler ${text}, model ${text}, settings ${text} not null,
      primary key (image_id, source)
    ) ${end}`,
  ];
}
