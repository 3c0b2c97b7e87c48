import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { formatBytes, formatCount } from '../base/bytes.ts';
import { formatDay } from '../base/dates.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import type { Catalog } from '../catalog/open.ts';
import { cutRuns } from '../catalog/run.ts';
import { rootsOf } from '../catalog/root.ts';
import { isAliveSince } from '../library/process-alive.ts';
import type { Deps } from './deps.ts';
import { flagOption } from './option.ts';
import { listedPath } from './summary.ts';
import type { Failure, Verb } from './verb.ts';
import { wrapLine } from './wrap-line.ts';

/** One thing looked at: `fine`, worth a `note`, or `wrong`. */
interface Finding {
  readonly about: string;
  readonly state: 'fine' | 'note' | 'wrong';
  readonly says: string;
  readonly next?: string;
}

/** `civitarium doctor`: is everything well? */
export const doctor: Verb = {
  name: 'doctor',
  summary: 'check that everything is well',
  description:
    'Looks at the catalog, its folders, free space, the scanned folders, the connection to Civitai and the key, and says what to do about what is wrong. --last lists everything the last scan could not do; --offline asks nobody.',
  examples: [
    ['civitarium doctor', 'everything'],
    ['civitarium doctor --last', 'what the last run could not do, and why'],
  ],
  arguments: [],
  options: [
    { name: 'last', kind: 'flag', summary: 'list the failures of the last run' },
    { name: 'offline', kind: 'flag', summary: 'do not ask the site' },
  ],
  async run(deps, input) {
    const catalog = await deps.catalog();
    if (flagOption(input, 'last')) return await lastRun(deps, catalog);
    const findings = [
      ...(await catalogFindings(deps, catalog)),
      ...(await rootFindings(deps, catalog)),
      ...(flagOption(input, 'offline') ? [] : await siteFindings(deps)),
    ];
    for (const { about, state, says, next } of findings) {
      const line = `${state.padEnd(6)} ${about.padEnd(10)} ${says}${next === undefined ? '' : ` ${next}`}`;
      for (const part of wrapLine(line, deps.terminal.width, 18)) deps.terminal.print(part);
    }
    const count = (state: Finding['state']): number =>
      findings.filter((finding) => finding.state === state).length;
    const counts = {
      total: findings.length,
      fine: count('fine'),
      notes: count('note'),
      wrong: count('wrong'),
    };
    const failures = findings
      .filter((finding) => finding.state === 'wrong')
      .map(({ about, says, next }): Failure => ({ what: about, code: 'doctor', why: says, next }));
    return {
      counts,
      warnings: [],
      failures,
      exitCode: counts.wrong > 0 ? 3 : 0,
      summary: [
        '',
        counts.wrong > 0
          ? `${formatCount(counts.wrong)} ${counts.wrong === 1 ? 'thing is' : 'things are'} wrong.`
          : 'All is well.',
      ],
      listed: true,
      data: { findings },
    };
  },
};

async function lastRun(deps: Deps, catalog: Catalog): ReturnType<Verb['run']> {
  const row = await catalog.db
    .selectFrom('run')
    .selectAll()
    .where('result', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const result: unknown =
    row?.result === undefined || row.result === null ? undefined : JSON.parse(row.result);
  const failures =
    isRecord(result) && Array.isArray(result['failures']) ? (result['failures'] as Failure[]) : [];
  const warnings =
    isRecord(result) && Array.isArray(result['warnings']) ? (result['warnings'] as string[]) : [];
  for (const failure of failures)
    deps.terminal.print(
      `failed  ${listedPath(failure.what)}: ${failure.why}${failure.next === undefined ? '' : ` ${failure.next}`}`,
    );
  for (const warning of warnings) deps.terminal.print(`note    ${listedPath(warning)}`);
  const summary =
    row === undefined
      ? ['Nothing was run yet.']
      : [
          '',
          `${row.verb} of ${formatDay(row.started_at)}: ${failures.length} failures, ${warnings.length} notes`,
        ];
  return {
    counts: { total: failures.length + warnings.length, failures: failures.length, notes: warnings.length },
    warnings: [],
    failures,
    exitCode: 0,
    summary,
    listed: true,
    data: {
      run:
        row === undefined ? null : { verb: row.verb, started_at: row.started_at, exit_code: row.exit_code },
      notes: warnings,
    },
  };
}

async function catalogFindings(deps: Deps, catalog: Catalog): Promise<Finding[]> {
  const findings: Finding[] = [{ about: 'node', state: 'fine', says: process.versions.node }];
  const files = Number(
    (
      await catalog.db
        .selectFrom('file')
        .select((select) => select.fn.countAll().as('n'))
        .executeTakeFirst()
    )?.n ?? 0,
  );
  findings.push({
    about: 'catalog',
    state: 'fine',
    says: `${catalog.engine}, ${formatCount(files)} files known`,
  });
  if (catalog.engine === 'sqlite') {
    const check = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(catalog.db);
    const says = check.rows[0]?.quick_check ?? 'no answer';
    findings.push(
      says === 'ok'
        ? { about: 'integrity', state: 'fine', says: 'the catalog file is sound' }
        : { about: 'integrity', state: 'wrong', says, next: 'Restore the catalog from a backup.' },
    );
    findings.push(spaceFinding(dirname(deps.settings.catalog)));
  }
  for (const folder of [deps.settings.stateFolder, deps.settings.logFolder])
    findings.push(folderFinding(folder));
  const cut = await cutRuns(catalog.db, await deps.hostId(), ({ pid, startedAt }) =>
    isAliveSince(pid, startedAt),
  );
  if (cut.length > 0)
    findings.push({
      about: 'runs',
      state: 'note',
      says: `${formatCount(cut.length)} runs did not come to their end; the next scan goes on where they stopped.`,
    });
  return findings;
}

function spaceFinding(folder: string): Finding {
  if (!existsSync(folder)) return { about: 'space', state: 'note', says: `${folder} does not exist yet` };
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${formatBytes(free)} free for the catalog`;
  return free < 200 * 1024 * 1024
    ? { about: 'space', state: 'wrong', says, next: 'Make room.' }
    : { about: 'space', state: 'fine', says };
}

function folderFinding(folder: string): Finding {
  if (!existsSync(folder)) return { about: 'folder', state: 'note', says: `${folder} does not exist yet` };
  try {
    accessSync(folder, constants.W_OK);
    return { about: 'folder', state: 'fine', says: `${folder} can be written` };
  } catch (error) {
    return {
      about: 'folder',
      state: 'wrong',
      says: `${folder} can't be written: ${messageOf(error)}`,
      next: 'Check its owner and permissions.',
    };
  }
}

async function rootFindings(deps: Deps, catalog: Catalog): Promise<Finding[]> {
  const roots = await rootsOf(catalog.db, await deps.hostId());
  if (roots.length === 0)
    return [
      { about: 'folders', state: 'note', says: 'no folder was scanned yet', next: 'civitarium scan FOLDER' },
    ];
  const findings: Finding[] = [];
  for (const root of roots) {
    const bad = Number(
      (
        await catalog.db
          .selectFrom('file')
          .select((select) => select.fn.countAll().as('n'))
          .where('root_id', '=', root.id)
          .where('state', '=', 'present')
          .where('problem', 'is not', null)
          .executeTakeFirst()
      )?.n ?? 0,
    );
    if (!existsSync(root.path))
      findings.push({
        about: 'folder',
        state: 'note',
        says: `${root.path} is absent; what is known of it is kept`,
      });
    else if (bad > 0)
      findings.push({
        about: 'folder',
        state: 'wrong',
        says: `${root.path}: ${formatCount(bad)} files could not be read`,
        next: 'civitarium doctor --last says why.',
      });
    else findings.push({ about: 'folder', state: 'fine', says: root.path });
  }
  return findings;
}

async function siteFindings(deps: Deps): Promise<Finding[]> {
  const client = await deps.client();
  const findings: Finding[] = [];
  try {
    await client.enums();
    findings.push({ about: 'site', state: 'fine', says: `${new URL(deps.settings.apiUrl).host} answers` });
  } catch (error) {
    return [
      {
        about: 'site',
        state: 'wrong',
        says: messageOf(error),
        ...(error instanceof AppError && error.next !== undefined ? { next: error.next } : {}),
      },
    ];
  }
  if (deps.settings.key === undefined)
    return [
      ...findings,
      { about: 'key', state: 'note', says: 'none is set; everything but some downloads works without' },
    ];
  try {
    const me = await client.me();
    findings.push({ about: 'key', state: 'fine', says: `belongs to ${me?.username ?? 'an account'}` });
  } catch (error) {
    findings.push({
      about: 'key',
      state: 'wrong',
      says: messageOf(error),
      ...(error instanceof AppError && error.next !== undefined ? { next: error.next } : {}),
    });
  }
  return findings;
}
