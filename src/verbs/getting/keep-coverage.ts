import { recordFates } from '../../catalog/coverage.ts';
import type { Catalog } from '../../catalog/open.ts';
import { coverageTold } from './coverage-told.ts';
import type { CoverageOutcome } from './coverage-told.ts';

/** Keeps what became of each creator's works, so that it can be told without asking the site. */
export async function keepCoverage(catalog: Catalog, outcome: CoverageOutcome): Promise<void> {
  const all = coverageTold(outcome);
  for (const [index, { key }] of outcome.coverage.entries()) {
    const told = all[index];
    if (key === undefined || told === undefined) continue;
    const { seen, fetched, held, filtered, refused, failed, reasons } = told;
    await recordFates(catalog, key, { seen, held: held + fetched, filtered, refused, failed, reasons });
  }
}
