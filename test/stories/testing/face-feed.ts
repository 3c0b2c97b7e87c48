import { startStandin } from '../../../standin/start.ts';
import type { Standin } from '../../../standin/start.ts';

/** An image as the feed tells of it. */
export interface FeedImage {
  readonly id: number;
  readonly postId: number;
  readonly username: string | null;
  /** `None` for PG. */
  readonly nsfwLevel: string;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

/** A stand-in with images, and which of them a story brings: all of a creator, and posts of others. */
export interface FaceFeed {
  readonly standin: Standin;
  readonly creator: string;
  /** Three, none of the creator. */
  readonly posts: readonly number[];
  /** Of the creator and of the posts. */
  readonly wanted: readonly FeedImage[];
  /** All posts of the feed, as targets. */
  readonly everyPost: readonly string[];
}

/** Starts the stand-in; the caller closes it. */
export async function startFaceFeed(): Promise<FaceFeed> {
  const standin = await startStandin({ models: 40, seed: 11, images: 200, speed: 0 });
  const answer = await fetch(`${standin.apiUrl}/images?limit=200&browsingLevel=31&withMeta=true&sort=Oldest`);
  const feed = ((await answer.json()) as { items: FeedImage[] }).items;
  const creator = feed.find(({ username }) => username !== null)?.username ?? '';
  const others = feed.filter(({ username }) => username !== creator);
  const posts = [...new Set(others.map(({ postId }) => postId))].slice(0, 3);
  const wanted = feed.filter(({ username, postId }) => username === creator || posts.includes(postId));
  const everyPost = [...new Set(feed.map(({ postId }) => `post:${postId}`))];
  return { standin, creator, posts, wanted, everyPost };
}
