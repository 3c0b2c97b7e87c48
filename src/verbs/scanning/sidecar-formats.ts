import { UserError } from '../../base/errors.ts';
import { WRITTEN_SIDECARS } from '../../formats/sidecars/written-formats.ts';
import type { WrittenSidecar } from '../../formats/sidecars/written-formats.ts';
import { listOption } from '../option.ts';
import type { Input, Option } from '../option.ts';

/** The flag that says which. */
export const SIDECARS_OPTION: Option = {
  name: 'sidecars',
  kind: 'list',
  value: 'FORMATS',
  choices: WRITTEN_SIDECARS,
  summary: `notes for other programs, beside the models: ${WRITTEN_SIDECARS.join(', ')}. Notes of yours are filled, never replaced`,
};

/** The formats that were asked for, each once. Throws UserError `bad-argument`. */
export function readSidecarFormats(input: Input): WrittenSidecar[] {
  const given = listOption(input, 'sidecars').map((name) => name.trim().toLowerCase());
  const unknown = given.find((name) => !WRITTEN_SIDECARS.some((format) => format === name));
  if (unknown !== undefined) {
    throw new UserError(`--sidecars knows ${WRITTEN_SIDECARS.join(', ')}, not "${unknown}".`, {
      code: 'bad-argument',
    });
  }
  return WRITTEN_SIDECARS.filter((format) => given.includes(format));
}
