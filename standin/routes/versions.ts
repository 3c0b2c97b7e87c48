import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { airOf } from './air.ts';
import { iso, publicFiles } from './file-shape.ts';
import { downloadUrl } from './links.ts';
import { prettyFailure } from './query.ts';
import { paidAccess, versionShape } from './version-shape.ts';

/** Above this the site's database refuses the number. */
const MAX_INT4 = 2_147_483_647;

/** /model-versions/{id} and its small form. */
export function versionRoutes(): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v1/model-versions/mini/:id',
      endpoint: 'model-versions/mini',
      access: 'mixed',
      respond: miniVersion,
    },
    {
      method: 'GET',
      pattern: '/api/v1/model-versions/:id',
      endpoint: 'model-versions/id',
      access: 'mixed',
      respond: oneVersion,
    },
  ];
}

function notANumber(): Answer {
  return prettyFailure([
    { code: 'invalid_type', path: ['id'], message: 'Invalid input: expected number, received NaN' },
  ]);
}

function oneVersion(ask: Ask): Answer {
  const id = Number(ask.params['id']);
  if (!Number.isInteger(id)) return notANumber();
  if (Math.abs(id) > MAX_INT4) return failure(500, 'Failed to fetch model version details');
  const version = ask.world.version(id);
  const model = ask.world.modelOf(id);
  const visible = version?.status === 'Published' || ask.session?.moderator === true;
  if (version === undefined || model === undefined || !visible || (version.nsfwLevel & 31) === 0) {
    return failure(404, 'Model not found');
  }
  if (version.files.length === 0) return failure(404, 'Missing model file');
  return json(200, versionShape(ask, model, version, { vae: true, bareDates: true, linkOrigin: ask.origin }));
}

function miniVersion(ask: Ask): Answer {
  if (ask.query.has('epoch')) {
    return prettyFailure([
      { code: 'invalid_type', path: ['epoch'], message: 'Invalid input: expected number, received string' },
    ]);
  }
  const id = Number(ask.params['id']);
  if (!Number.isInteger(id)) return notANumber();
  const version = ask.world.version(id);
  const model = ask.world.modelOf(id);
  if (version?.status !== 'Published' || model === undefined) return failure(404, 'Model not found');
  const files = publicFiles(version, true);
  const asked = Number(ask.query.get('modelFileId') ?? Number.NaN);
  const served = files.find((file) => file.id === asked) ?? files.find((file) => file.primary) ?? files[0];
  if (served === undefined) return failure(404, 'Missing model file');
  // Without modelFileId the hashes may be another file's than the one the link serves.
  const hashed = Number.isNaN(asked) ? (files.at(-1) ?? served) : served;
  return json(200, {
    air: airOf(model, version),
    versionName: version.name,
    modelName: model.name,
    userId: model.creatorId,
    baseModel: version.baseModel,
    availability: version.availability,
    publishedAt: iso(version.publishedAt),
    size: ask.world.sizeOf(served) / 1024,
    fileType: served.type,
    fileName: served.name,
    hashes: ask.world.hashesOf(hashed),
    downloadUrls: [downloadUrl(ask.origin, served)],
    format: served.format,
    canGenerate: model.supportsGeneration,
    isFeatured: false,
    requireAuth: version.requireAuth,
    checkPermission: paidAccess(version, ask.now) !== null,
    ...(version.earlyAccessUntil === null ? {} : { earlyAccessEndsAt: iso(version.earlyAccessUntil) }),
    additionalResourceCharge: false,
    minor: model.minor,
    sfwOnly: model.sfwOnly,
    fees: [],
    payoutEnabled: false,
  });
}
