import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { eachChunk } from './body.ts';

const bytes = (body: Readable): Promise<number> => {
  let sum = 0;
  return eachChunk(body, (chunk) => void (sum += chunk.byteLength)).then(() => sum);
};
const soon = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('eachChunk', () => {
  it('gives a whole body piece by piece', async () => {
    await expect(bytes(Readable.from([Buffer.alloc(3), Buffer.alloc(4)]))).resolves.toBe(7);
  });

  it('gives what is waiting of a body that has come meanwhile', async () => {
    const body = Readable.from([Buffer.alloc(3)]);
    await soon();

    await expect(bytes(body)).resolves.toBe(3);
  });

  it('tells the error of a body that was cut before anybody read it', async () => {
    const body = new Readable({ read: () => undefined });
    body.on('error', () => undefined);
    body.push(Buffer.alloc(3));
    body.destroy(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }));
    await soon();

    await expect(bytes(body)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });

  it('tells of a body that was thrown away without a word', async () => {
    const body = new Readable({ read: () => undefined });
    body.destroy();
    await soon();

    await expect(bytes(body)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  it('tells the error of a body that is cut while it is read', async () => {
    const body = new Readable({ read: () => undefined });
    const read = bytes(body);
    body.push(Buffer.alloc(3));
    await soon();
    body.destroy(new Error('cut'));

    await expect(read).rejects.toThrow('cut');
  });
});
