import { createHash, createHmac } from 'node:crypto';
import type { Answer, Ask, Route } from '../route.ts';
import { hash32 } from '../world/random.ts';
import type { World, WorldFile } from '../world/types.ts';
import { byteRange } from './downloads-range.ts';

/** Below it lies what on the site is another company's host. */
const STORAGE = '/storage';

/** A link to a file's bytes that is good for `seconds` of the world's time. */
export function signedUrl(
  origin: string,
  world: World,
  file: WorldFile,
  now: number,
  seconds: number,
): string {
  // A key of its own: the name the user sees travels in the disposition.
  const name = `${hash32(world.seed, file.id).toString(36)}.${file.name.replaceAll(/[^\w-]+/g, '.').slice(-80)}`;
  const url = new URL(`${origin}${STORAGE}/model/${file.modelId}/${file.id}/${name}`);
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const params: Readonly<Record<string, string>> = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
    'X-Amz-Credential': `standin/${stamp.slice(0, 8)}/auto/s3/aws4_request`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    'response-content-disposition': dispositionOf(file.name),
    'x-id': 'GetObject',
  };
  for (const [key, value] of Object.entries(params)) url.searchParams.set(key, value);
  url.searchParams.set('X-Amz-Signature', signatureOf(world, url));
  return url.href;
}

/** A name that a header can carry: anything else goes into the second, encoded form. */
function dispositionOf(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed());
  return plain === name
    ? `attachment; filename="${name}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** The signature counts the method, as the real one does: a link for GET is none for HEAD. */
function signatureOf(world: World, url: URL): string {
  const signed = new URLSearchParams(url.search);
  signed.delete('X-Amz-Signature');
  signed.sort();
  return createHmac('sha256', `standin ${world.seed}`)
    .update(`GET\n${url.pathname}\n${signed.toString()}`)
    .digest('hex');
}

/** The store itself: bytes for a signed link, in ranges, and XML for everything else. */
export function storageRoutes(): Route[] {
  return [
    {
      method: 'GET',
      pattern: `${STORAGE}/model/:modelId/:fileId/:name`,
      endpoint: 'storage',
      access: 'none',
      respond: readObject,
    },
  ];
}

function readObject(ask: Ask): Answer {
  const refused = refusal(ask);
  if (refused !== undefined) return refused;
  const file = ask.world.file(Number(ask.params['fileId']));
  if (file === undefined) return xml(404, 'NoSuchKey', 'The specified key does not exist.');
  const bytes = ask.world.bytesOf(file);
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  const lastModified = new Date(file.scannedAt ?? ask.world.startedAt).toUTCString();
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': ask.query.get('response-content-disposition') ?? 'attachment',
    'accept-ranges': 'bytes',
    'last-modified': lastModified,
    etag,
  };
  const condition = ask.headers['if-range'];
  const mayCut = condition === undefined || condition === etag || condition === lastModified;
  const range = mayCut ? byteRange(ask.headers['range'], bytes.length) : 'whole';
  if (range === 'outside') {
    return {
      ...xml(416, 'InvalidRange', 'The requested range is not satisfiable'),
      headers: { 'content-type': 'application/xml', 'content-range': `bytes */${bytes.length}` },
    };
  }
  if (range === 'whole') return { status: 200, headers, bytes };
  const { from, to } = range;
  const contentRange = `bytes ${from}-${to}/${bytes.length}`;
  return {
    status: 206,
    headers: { ...headers, 'content-range': contentRange },
    bytes: bytes.subarray(from, to + 1),
  };
}

function refusal(ask: Ask): Answer | undefined {
  if (ask.headers['authorization'] !== undefined) {
    return xml(400, 'InvalidArgument', 'Only one auth mechanism allowed.');
  }
  const signature = ask.query.get('X-Amz-Signature');
  if (signature === null) return xml(400, 'InvalidArgument', 'Authorization');
  if (ask.method !== 'GET' || signature !== signatureOf(ask.world, ask.url)) {
    return xml(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
  }
  const stamp = (ask.query.get('X-Amz-Date') ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const until = Date.parse(stamp) + Number(ask.query.get('X-Amz-Expires')) * 1000;
  return ask.now < until ? undefined : xml(403, 'ExpiredRequest', 'Request has expired');
}

function xml(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    text: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
