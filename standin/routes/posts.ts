import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { titleOfPost } from '../world/posts.ts';

/** `GET /api/v1/posts/:id`, which the site has since 2026. */
export function postRoutes(): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v1/posts/:id',
      endpoint: 'posts/:id',
      access: 'public',
      respond: onePost,
    },
  ];
}

function onePost(ask: Ask): Answer {
  const id = Number(ask.params['id']);
  const { feed } = ask.world;
  const indexes = Number.isInteger(id) ? feed.ofPost(id, ask.now) : [];
  const first = indexes[0] === undefined ? undefined : feed.at(indexes[0]);
  if (first === undefined) return failure(404, 'Post not found');
  return json(200, {
    id,
    title: titleOfPost(ask.world.seed, id),
    detail: null,
    username: ask.world.creator(first.creatorId)?.username ?? null,
    modelVersionId: first.modelVersionIds[0] ?? null,
    publishedAt: new Date(first.createdAt).toISOString(),
    nsfwLevel: first.nsfwLevel,
  });
}
