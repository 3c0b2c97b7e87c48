/** The shortest MP4: file type, a movie header of one second without tracks, some media bytes of its own. */
export function film(key: number): Buffer {
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1_000, 12); // units in a second
  header.writeUInt32BE(1_000, 16); // duration
  header.writeUInt32BE(0x0001_0000, 20); // normal speed
  header.writeUInt16BE(0x0100, 24); // full volume
  for (const [at, one] of [[36, 0x0001_0000], [52, 0x0001_0000], [68, 0x4000_0000]] as const) header.writeUInt32BE(one, at); // prettier-ignore
  header.writeUInt32BE(2, 96); // next track
  const media = Buffer.alloc(64);
  media.writeUInt32BE(key >>> 0, 0);
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1')),
    box('moov', box('mvhd', header)),
    box('mdat', media),
  ]);
}

function box(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length + 8, 0);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, data]);
}
