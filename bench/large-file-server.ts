/**
 * A server of one large file behind a redirect, as the site and its storage are: `node bench/large-file-server.ts BYTES`.
 * Prints its origin. The bytes are those of one random block over and over, so that nobody has to make them on the way.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BLOCK = randomBytes(1 << 20);
const total = Number(process.argv[2] ?? 1 << 30);

async function pour(response: ServerResponse): Promise<void> {
  const closed = once(response, 'close');
  for (let left = total; left > 0 && !response.destroyed; left -= BLOCK.length) {
    const isRoom = response.write(BLOCK.subarray(0, Math.min(left, BLOCK.length)));
    if (!isRoom) await Promise.race([once(response, 'drain'), closed]);
  }
  response.end();
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/api/') === true) {
    response.writeHead(307, { location: '/storage/file' }).end();
    return;
  }
  response.writeHead(200, {
    'content-length': total,
    'content-type': 'application/octet-stream',
    etag: '"1"',
  });
  void pour(response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
