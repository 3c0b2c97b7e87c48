import type { World, WorldFile, WorldVersion } from '../world/types.ts';
import { downloadUrl } from './links.ts';

/** Time as the site writes it, `null` kept. */
export function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

/** Files that anyone may see. Lists hide superseded ones; version answers show them. */
export function publicFiles(version: WorldVersion, withSuperseded: boolean): WorldFile[] {
  return version.files.filter((file) => file.visibility === 'Public' && (withSuperseded || !file.superseded));
}

/** The file of the VAE that a version names, which is appended to its own. */
export function linkedVae(world: World, version: WorldVersion): WorldFile[] {
  const vae = version.vaeId === null ? undefined : world.version(version.vaeId);
  const file = vae?.files.find((one) => one.visibility === 'Public');
  return file === undefined ? [] : [{ ...file, type: 'VAE', primary: false }];
}

function common(world: World, origin: string, file: WorldFile): Record<string, unknown> {
  return {
    id: file.id,
    sizeKB: world.sizeOf(file) / 1024,
    name: file.name,
    type: file.type,
    pickleScanResult: file.scan,
    pickleScanMessage: file.scanMessage,
    virusScanResult: file.scan === 'Pending' ? 'Pending' : 'Success',
    virusScanMessage: null,
    hashes: world.hashesOf(file),
    downloadUrl: downloadUrl(origin, file),
  };
}

/** A file in a model answer: `primary` on one only, wide metadata. */
export function listFile(world: World, origin: string, file: WorldFile): Record<string, unknown> {
  const metadata: Record<string, unknown> = { format: file.format };
  if (file.format !== 'Other') Object.assign(metadata, { size: file.extent, fp: file.fp });
  if (file.quantType !== null) metadata['quantType'] = file.quantType;
  return {
    ...common(world, origin, file),
    overrideName: file.overrideName,
    metadata,
    scannedAt: iso(file.scannedAt),
    ...(file.primary ? { primary: true } : {}),
  };
}

/** A file in a version answer: `primary` on each, narrow metadata, and a date that may lack its zone. */
export function versionFile(
  world: World,
  origin: string,
  file: WorldFile,
  bareDate: boolean,
): Record<string, unknown> {
  const scannedAt = iso(file.scannedAt);
  return {
    ...common(world, origin, file),
    metadata: { format: file.format, size: file.extent, fp: file.fp },
    scannedAt: bareDate ? (scannedAt?.replace('Z', '') ?? null) : scannedAt,
    primary: file.primary,
  };
}
