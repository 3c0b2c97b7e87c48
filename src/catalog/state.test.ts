import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { dueSubjects, recordLooks, statesOf } from './state.ts';
import type { Look } from './state.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const T = 1_700_000_000_000;

describeCatalogs('states of subjects', (open) => {
  const look = (subject: string, answer: Look['answer']): Look => ({ subject, answer });

  it('are kept by kind and subject, and say what a look changed', async () => {
    const catalog = await open();

    const first = await recordLooks(
      catalog,
      'hash',
      [look('a', 'found'), look('b', 'absent'), look('c', 'unanswered')],
      T,
    );
    await recordLooks(catalog, 'model', [look('a', 'absent')], T);
    await recordLooks(catalog, 'hash', [look('a', 'absent')], T + MINUTE);
    const last = await recordLooks(catalog, 'hash', [look('a', 'absent'), look('b', 'unanswered')], T + DAY);

    expect([...first]).toEqual([
      ['a', { before: undefined, after: 'found' }],
      ['b', { before: undefined, after: 'missing' }],
      ['c', { before: undefined, after: 'unchecked' }],
    ]);
    expect([...last]).toEqual([
      ['a', { before: 'found', after: 'removed' }],
      ['b', { before: 'missing', after: 'missing' }],
    ]);
    const states = await statesOf(catalog.db, 'hash', ['a', 'b', 'c', 'd']);
    expect([...states].map(([subject, row]) => [subject, row.state]).sort()).toEqual([
      ['a', 'removed'],
      ['b', 'missing'],
      ['c', 'unchecked'],
    ]);
    expect((await statesOf(catalog.db, 'model', ['a'])).get('a')?.state).toBe('missing');
    expect(states.get('a')).toEqual({
      kind: 'hash',
      subject: 'a',
      state: 'removed',
      since_at: T + DAY,
      checked_at: T + DAY,
      missed_at: T + MINUTE,
      next_check_at: T + 8 * DAY,
    });
  });

  it('take several looks at one subject in their order', async () => {
    const catalog = await open();

    const changes = await recordLooks(
      catalog,
      'hash',
      [look('a', 'found'), look('a', 'absent'), look('a', 'found')],
      T,
    );

    expect(changes.get('a')).toEqual({ before: undefined, after: 'found' });
    expect((await statesOf(catalog.db, 'hash', ['a'])).get('a')?.missed_at).toBeNull();
  });

  it('say what is due, longest first, and never what was found', async () => {
    const catalog = await open();
    await recordLooks(catalog, 'hash', [look('gone', 'absent'), look('here', 'found')], T);
    await recordLooks(catalog, 'hash', [look('early', 'absent')], T - DAY);
    await recordLooks(catalog, 'version', [look('other', 'unanswered')], T);
    await recordLooks(catalog, 'hash', [look('soon', 'absent')], T, { missingMs: MINUTE });

    expect(await dueSubjects(catalog.db, 'hash', T)).toEqual([]);
    expect(await dueSubjects(catalog.db, 'hash', T + 7 * DAY)).toEqual(['soon', 'early', 'gone']);
    expect(await dueSubjects(catalog.db, 'version', T)).toEqual(['other']);
  });

  it('come by the thousand', async () => {
    const catalog = await open();
    const looks = Array.from({ length: 4000 }, (_, n) => look(`s${n}`, n % 2 === 0 ? 'found' : 'absent'));

    await recordLooks(catalog, 'hash', looks, T);
    const changes = await recordLooks(catalog, 'hash', looks, T + DAY);

    expect([...changes.values()].filter(({ before, after }) => before === after)).toHaveLength(4000);
  });
});
