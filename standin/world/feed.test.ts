import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeWorld } from './world.ts';

const world = makeWorld({ models: 40, images: 1_000_000 });
const { feed, startedAt } = world;
const index = fc.integer({ min: 0, max: 1_100_000 });

describe('the feed', () => {
  it('finds every image again by id, uuid and index', () => {
    fc.assert(
      fc.property(index, (at: number) => {
        const image = feed.at(at);
        expect(feed.indexOf(image.id)).toBe(at);
        expect(world.imageByUuid(image.uuid)?.id).toBe(image.id);
        expect(image.nsfwLevel).toBe(feed.levelAt(at));
        expect(image.createdAt).toBe(feed.createdAt(at));
      }),
      { numRuns: 300 },
    );
  });

  it('is ordered by time and counts exactly those that are born', () => {
    fc.assert(
      fc.property(index, (at: number) => {
        expect(feed.createdAt(at + 1)).toBeGreaterThanOrEqual(feed.createdAt(at));
        const now = startedAt + at * 100;
        const count = feed.count(now);
        expect(feed.createdAt(count - 1)).toBeLessThanOrEqual(now);
        expect(feed.createdAt(count)).toBeGreaterThan(now);
      }),
      { numRuns: 300 },
    );
    expect(feed.count(startedAt)).toBe(1_000_000);
  });

  it('grows reactions and never lets them fall', () => {
    fc.assert(
      fc.property(index, fc.nat(90), fc.nat(90), (at: number, first: number, more: number) => {
        const early = feed.createdAt(at) + first * 3_600_000;
        const late = early + more * 3_600_000;
        const [before, after] = [feed.statsAt(at, early), feed.statsAt(at, late)];
        expect(after.heartCount).toBeGreaterThanOrEqual(before.heartCount);
        expect(after.dislikeCount).toBe(0);
        expect(feed.reactionsAt(at, late)).toBeGreaterThanOrEqual(feed.reactionsAt(at, early));
        expect(world.statsOf(feed.at(at), late)).toEqual(after);
      }),
      { numRuns: 200 },
    );
    expect(feed.reactionsAt(5, feed.createdAt(5))).toBe(0);
  });

  it('lists the images of a post, a version and a creator, and only those', () => {
    const image = feed.at(123_456);
    expect(feed.ofPost(image.postId, startedAt)).toContain(123_456);
    for (const at of feed.ofPost(image.postId, startedAt)) expect(feed.at(at).postId).toBe(image.postId);
    const versionId = image.modelVersionIds[0] ?? -1;
    const ofVersion = feed.ofVersion(versionId, startedAt);
    expect(ofVersion).toContain(123_456);
    expect(ofVersion.slice(0, 40).every((at) => feed.at(at).modelVersionIds[0] === versionId)).toBe(true);
    const ofCreator = feed.ofCreator(image.creatorId, startedAt);
    expect(ofCreator).toContain(123_456);
    expect(ofCreator.slice(0, 40).every((at) => feed.at(at).creatorId === image.creatorId)).toBe(true);
    expect(feed.ofVersion(999, startedAt)).toEqual([]);
  });
});
