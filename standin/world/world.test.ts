import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ordinalOf } from './oddities.ts';
import type { ODDITIES } from './oddities.ts';
import type { World, WorldModel } from './types.ts';
import { makeWorld } from './world.ts';
import { TYPES } from './words.ts';

const world: World = makeWorld({ models: 250, images: 5_000 });

function odd(name: (typeof ODDITIES)[number]): WorldModel {
  const model = world.model(world.modelIds()[ordinalOf(name)] ?? -1);
  if (model === undefined) throw new Error(`no model for ${name}`);
  return model;
}

describe('a world', () => {
  it('is the same for the same seed and another for another', () => {
    const facts = (seed: number): unknown => {
      const one = makeWorld({ seed, models: 30, images: 100 });
      return one
        .modelIds()
        .map((id) => [one.model(id), one.model(id)?.versions.map((v) => one.imagesOf(v.id))]);
    };
    expect(JSON.stringify(facts(5))).toBe(JSON.stringify(facts(5)));
    expect(JSON.stringify(facts(5))).not.toBe(JSON.stringify(facts(6)));
  });

  it('holds every model type and finds everything by its id', () => {
    const types = new Set(world.modelIds().map((id) => world.model(id)?.type));
    expect(TYPES.filter((type) => !types.has(type))).toEqual([]);
    for (const id of world.versionIds()) {
      const version = world.version(id);
      expect(world.modelOf(id)?.versions).toContain(version);
      for (const file of version?.files ?? []) expect(world.file(file.id)).toBe(file);
      for (const image of world.imagesOf(id)) {
        expect(world.image(image.id)).toEqual(image);
        expect(world.imageByUuid(image.uuid)?.id).toBe(image.id);
      }
    }
  });

  it('gives no id twice', () => {
    const files = world.versionIds().flatMap((id) => world.version(id)?.files.map((file) => file.id) ?? []);
    expect(new Set(files).size).toBe(files.length);
    expect(new Set(world.versionIds()).size).toBe(world.versionIds().length);
    const images = world.versionIds().flatMap((id) => world.imagesOf(id).map((image) => image.id));
    expect(new Set(images).size).toBe(images.length);
  });

  it('finds files by each of their true hashes, in either letter case', () => {
    const file = world.version(world.versionIds()[4] ?? -1)?.files[0];
    if (file === undefined) throw new Error('no file');
    const bytes = world.bytesOf(file);
    const hashes = world.hashesOf(file);
    expect(Object.keys(hashes).sort()).toEqual(['AutoV1', 'AutoV2', 'AutoV3', 'BLAKE3', 'CRC32', 'SHA256']);
    expect(hashes.SHA256?.toLowerCase()).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(world.sizeOf(file)).toBe(bytes.length);
    for (const hash of Object.values(hashes)) {
      expect(world.filesByHash(hash.toLowerCase()).map((found) => found.id)).toContain(file.id);
    }
    expect(world.filesByHash('0'.repeat(64))).toEqual([]);
  });

  it('has the oddities that a client must survive', () => {
    expect(odd('archived').mode).toBe('Archived');
    expect(odd('unrated').nsfwLevel).toBe(0);
    expect(odd('no-versions').versions).toEqual([]);
    expect(odd('no-files').versions[0]?.files).toEqual([]);
    expect(world.imagesOf(odd('no-images').versions[0]?.id ?? -1)).toEqual([]);
    expect(odd('many-versions').versions).toHaveLength(30);
    expect(odd('linked-vae').versions[0]?.vaeId).toBeTypeOf('number');
    expect(world.creator(odd('by-deleted-user').creatorId)?.username).toBeNull();
    expect(world.creator(odd('by-system').creatorId)?.system).toBe(true);
    const names = odd('same-file-names').versions[0]?.files.map((file) => file.name);
    expect(new Set(names).size).toBe(1);
    expect(names).toHaveLength(2);
    const pending = odd('pending-scan').versions[0]?.files[0];
    expect(pending === undefined ? undefined : world.hashesOf(pending)).toEqual({});
    const longHash = odd('long-autov3').versions[0]?.files[0];
    expect(longHash === undefined ? 0 : world.hashesOf(longHash).AutoV3?.length).toBe(64);
  });

  it('knows one hash in several models, in several versions and twice in one', () => {
    const ownersOf = (model: WorldModel): { models: number; versions: number; files: number } => {
      const file = model.versions[0]?.files[0];
      const found = file === undefined ? [] : world.filesByHash(world.sha256Of(file));
      return {
        models: new Set(found.map((one) => one.modelId)).size,
        versions: new Set(found.map((one) => one.versionId)).size,
        files: found.length,
      };
    };
    expect(ownersOf(odd('bytes-of-neighbour')).models).toBe(2);
    expect(ownersOf(odd('same-bytes-in-versions'))).toEqual({ models: 1, versions: 2, files: 2 });
    expect(ownersOf(odd('same-bytes-in-version')).files).toBeGreaterThan(
      ownersOf(odd('same-bytes-in-version')).versions,
    );
  });

  it('is ordinary throughout when no oddities are wanted', () => {
    const plain = makeWorld({ models: 100, oddities: false });
    const models = plain.modelIds().map((id) => plain.model(id));
    expect(
      models.every((model) => model?.mode === null && model.nsfwLevel > 0 && model.versions.length > 0),
    ).toBe(true);
  });
});

describe('changes to a world', () => {
  it('publishes, patches and removes, and can be undone', () => {
    const one = makeWorld({ models: 20, images: 0 });
    const id = one.modelIds()[8] ?? -1;
    const before = one.model(id);
    const version = one.changes.publishVersion(id, 'v9 surprise');
    expect(one.model(id)?.versions[0]).toEqual(version);
    const file = version.files[0];
    expect(file === undefined ? [] : one.filesByHash(one.sha256Of(file)).map((found) => found.id)).toEqual([
      file?.id,
    ]);
    one.changes.patchModel(id, { name: 'Renamed' });
    expect(one.model(id)?.name).toBe('Renamed');
    one.changes.removeModel(id);
    expect(one.model(id)).toBeUndefined();
    expect(one.version(version.id)).toBeUndefined();
    one.changes.undoChanges();
    expect(one.model(id)).toEqual(before);
    expect(one.version(version.id)).toBeUndefined();
  });

  it('leaves the bytes of files alone', () => {
    const one = makeWorld({ models: 20, images: 0 });
    const model = one.model(one.modelIds()[8] ?? -1);
    const file = model?.versions[0]?.files[0];
    if (model === undefined || file === undefined) throw new Error('no file');
    const before = one.bytesOf(file);
    one.changes.patchModel(model.id, { name: 'Other' });
    one.changes.patchVersion(file.versionId, { trainedWords: ['other'], baseModel: 'Pony' });
    expect(one.bytesOf(file).equals(before)).toBe(true);
  });
});
