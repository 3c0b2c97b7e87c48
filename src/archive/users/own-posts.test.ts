import { describe, expect, it } from 'vitest';
import { modelsOfPosts } from './own-posts.ts';
import type { Work } from './own-posts.ts';

const OWN = {
  versions: new Map([
    [11, 1],
    [12, 1],
    [21, 2],
  ]),
  shown: new Map([[900, 2]]),
};

function post(postId: number, ...images: readonly (readonly number[])[]): Work[] {
  return images.map((versionIds, nth) => ({ imageId: 10 * postId + nth, postId, versionIds }));
}

describe('modelsOfPosts', () => {
  it.each([
    ['of which most images name a version of the model', [[11], [11, 99], []], 1],
    ['whose images name several versions of one model', [[11], [12]], 1],
    ['that names two of the same weight: the older', [[11, 21], [21, 11]], 1], // prettier-ignore
    ['of which one image only names one of them', [[99], [99, 11], [99], [99]], undefined],
    ['of which exactly half do', [[99], [11]], undefined],
    ['that names none of them', [[99], [98]], undefined],
    ['that names nothing', [[], []], undefined],
  ])('gives a post %s', (_what, images, model) => {
    expect(modelsOfPosts(post(5, ...images), OWN).get(5)).toBe(model);
  });

  it('believes the page of a model before anything else', () => {
    expect(modelsOfPosts(post(90, [11], [11], []), OWN).get(90)).toBe(2);
  });

  it('leaves out what is in no post', () => {
    expect(modelsOfPosts([{ imageId: 1, postId: undefined, versionIds: [11] }], OWN).size).toBe(0);
  });
});
