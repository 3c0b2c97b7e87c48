import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { SourceError } from '../base/errors.ts';
import { redactUrl } from './redact.ts';

const LOOPBACK = blockList([['127.0.0.0', 8]], [['::1', 128]]);
/** RFC 1918, 6598, 3927, 4193, 4291 and the unspecified addresses. */
const PRIVATE = blockList(
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ],
  [
    ['::', 128],
    ['::1', 128],
    ['fc00::', 7],
    ['fe80::', 10],
  ],
);

function blockList(
  v4: readonly (readonly [string, number])[],
  v6: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of v4) list.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of v6) list.addSubnet(net, prefix, 'ipv6');
  return list;
}

function isListed(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The host name of an address without the brackets of IPv6. */
function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** True for an address on this machine: `localhost`, 127.0.0.0/8, ::1. False for what is no address. */
export function isLoopbackUrl(url: string): boolean {
  const host = URL.canParse(url) ? bareHost(new URL(url).hostname) : '';
  return host === 'localhost' || host.endsWith('.localhost') || isListed(LOOPBACK, host);
}

/** True for an IP address that is not of the public internet. */
export function isPrivateAddress(address: string): boolean {
  return isListed(PRIVATE, address);
}

/** Refuses, with SourceError `address-refused`, what we must never ask: other schemes, plain http and private hosts. */
export function checkAddress(url: string, allowPrivate: boolean): URL {
  const refuse = (why: string): never => {
    throw new SourceError(`The address ${redactUrl(url)} was refused: ${why}.`, {
      code: 'address-refused',
      permanent: true,
      url: redactUrl(url),
    });
  };
  if (!URL.canParse(url)) return refuse('it is not an address');
  const parsed = new URL(url);
  const host = bareHost(parsed.hostname);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return refuse('only https is asked');
  if (allowPrivate && isLoopbackUrl(url)) return parsed;
  if (parsed.protocol === 'http:') return refuse('plain http is asked on this machine only');
  if (host === 'localhost' || host.endsWith('.localhost') || isPrivateAddress(host)) {
    return refuse('it lies inside a private network');
  }
  return parsed;
}

/** A DNS lookup that never answers with a private address, whatever the name claims. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '', 0);
    const open = addresses.filter((entry) => !isPrivateAddress(entry.address));
    const first = open[0];
    if (first === undefined) {
      const refused = Object.assign(new Error(`${hostname} lies inside a private network`), {
        code: 'ENOTFOUND',
      });
      return done(refused, '', 0);
    }
    if (options.all === true) return done(null, open);
    return done(null, first.address, first.family);
  });
};
