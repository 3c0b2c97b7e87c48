import { formatCount } from '../../base/bytes.ts';
import { formatDay } from '../../base/dates.ts';
import type { ChangedField, News, NewVersion } from '../../archive/what-changed.ts';
import { groupBy } from '../../catalog/upsert.ts';
import { changeView, listOf } from '../../catalog/view-changes.ts';
import { htmlWords, wordDiff } from './word-diff.ts';

/** More models than this are summed up, and so are more lines about one. */
const MOST_MODELS = 25;
const MOST_LINES = 8;
/** Longest value, in characters. */
const MOST_CHARACTERS = 90;

/** What an update brought, model by model, a line for each field that changed and for each version that came out. */
export function newsLines({ models, changes, newVersions }: News, siteUrl: string): string[] {
  const changesOf = groupBy(changes, (change) => change.modelId);
  const versionsOf = groupBy(newVersions, (version) => version.modelId);
  const lines: string[] = [];
  for (const id of [...models].slice(0, MOST_MODELS)) {
    const [changed, versions] = [changesOf.get(id) ?? [], versionsOf.get(id) ?? []];
    const about = [
      ...changed.flatMap(changeLine),
      ...versions.flatMap((version) => versionLines(version, siteUrl)),
    ];
    const left = about.length - MOST_LINES;
    lines.push(
      changed[0]?.model ?? versions[0]?.model ?? '',
      ...about.slice(0, MOST_LINES).map((line) => `  ${line}`),
      ...(left > 0 ? [`  … and ${formatCount(left)} more; its page has them`] : []),
    );
  }
  const more = models.size - MOST_MODELS;
  if (more > 0) lines.push(`… and ${formatCount(more)} more models; civitarium update --json has all`);
  return lines.length === 0 ? [] : [...lines, ''];
}

/** Where the site shows a version: the model's page alone would show its newest one. */
export function versionUrl(
  siteUrl: string,
  { modelId, versionId }: Pick<NewVersion, 'modelId' | 'versionId'>,
): string {
  return `${siteUrl}/models/${modelId}?modelVersionId=${versionId}`;
}

function versionLines(version: NewVersion, siteUrl: string): string[] {
  const { name, have, newer, publishedAt } = version;
  const since = publishedAt === undefined ? '' : ` since ${formatDay(publishedAt)}`;
  const came = newer
    ? `you have ${have.map(shorten).join(', ')}; ${shorten(name)} is out${since}`
    : `${shorten(name)} was added${publishedAt === undefined ? '' : `, published ${formatDay(publishedAt)}`}`;
  return [`${came}  ${versionUrl(siteUrl, version)}`];
}

/** Nothing for what would tell a reader nothing. */
function changeLine(change: ChangedField): string[] {
  const of = change.version === undefined ? '' : `${shorten(change.version)}: `;
  const view = changeView({ ...change, at: 0 });
  const lists = [listOf(change.field, change.before), listOf(change.field, change.after)] as const;
  if (lists[0] !== undefined && lists[1] !== undefined) {
    const came = lists[1].filter((one) => !lists[0]?.includes(one));
    const went = lists[0].filter((one) => !lists[1]?.includes(one));
    const parts = [...came.map((one) => `+ ${one}`), ...went.map((one) => `- ${one}`)];
    return [`${of}${view.field} ${parts.length === 0 ? 'in another order' : shorten(parts.join('  '))}`];
  }
  if (change.field.startsWith('file:') && !change.field.endsWith(':sha256'))
    return [`${of}${fileChange(change)}`];
  const { before, after } =
    change.field === 'description'
      ? wordDiff(htmlWords(change.before ?? ''), htmlWords(change.after ?? ''))
      : view;
  if (change.field === 'description' && before === after)
    return [`${of}description looks different, with the same words`];
  return [`${of}${view.field} was ${quoted(before)}, is ${quoted(after)}`];
}

function fileChange({ before, after }: ChangedField): string {
  if (before === null) return `file + ${shorten(after ?? '')}`;
  if (after === null) return `file - ${shorten(before)}`;
  return `file ${shorten(before)} is called ${shorten(after)}`;
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? 'nothing' : `"${shorten(text)}"`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= MOST_CHARACTERS) return line;
  // By characters, not halves of them.
  return `${Array.from(line.slice(0, MOST_CHARACTERS)).slice(0, -1).join('')}…`;
}
