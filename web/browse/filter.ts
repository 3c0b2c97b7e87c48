import type { Choice, Facet, FacetName } from './facets.ts';

export type Choices = Partial<Readonly<Record<FacetName, Choice>>>;

export interface Filtered {
  /** 1 for each card that passes everything. */
  readonly hits: Uint8Array;
  readonly count: number;
  /** By facet: how many cards each value has, or would add, under all the other facets. */
  readonly counts: ReadonlyMap<FacetName, Uint32Array>;
}

interface Test {
  readonly index: number;
  readonly facet: Facet;
  /** By value: 1 wanted, 2 unwanted. */
  readonly marks: Uint8Array;
  /** How many wanted values a card must have. */
  readonly needed: number;
}

/**
 * One pass over all cards. `found` is what search lets through, all when `undefined`. A card that fails in one
 * `any` facet only still counts there, so that its values show what choosing them too would add.
 */
export function filterCards(
  facets: readonly Facet[],
  choices: Choices,
  total: number,
  found: Uint8Array | undefined,
): Filtered {
  const tests = testsOf(facets, choices);
  const counts = facets.map((facet) => new Uint32Array(facet.labels.length));
  const hits = new Uint8Array(total);
  let count = 0;
  for (let card = 0; card < total; card += 1) {
    if (found !== undefined && found[card] === 0) continue;
    const failed = failing(tests, card);
    if (failed === PASSED) {
      hits[card] = 1;
      count += 1;
      for (const [index, facet] of facets.entries()) tally(facet, card, counts[index]);
    } else if (failed !== SEVERAL && failed.facet.mode === 'any') {
      tally(failed.facet, card, counts[failed.index]);
    }
  }
  return {
    hits,
    count,
    counts: new Map(facets.map((facet, index) => [facet.name, counts[index] ?? new Uint32Array()])),
  };
}

const PASSED = 0;
const SEVERAL = 1;

/** The one test that a card fails, or that there is none, or that there are several. */
function failing(tests: readonly Test[], card: number): Test | typeof PASSED | typeof SEVERAL {
  let failed: Test | typeof PASSED = PASSED;
  for (const test of tests) {
    if (passes(test, card)) continue;
    if (failed !== PASSED) return SEVERAL;
    failed = test;
  }
  return failed;
}

function passes({ facet, marks, needed }: Test, card: number): boolean {
  let wanted = 0;
  const end = facet.starts[card + 1] ?? 0;
  for (let at = facet.starts[card] ?? 0; at < end; at += 1) {
    const mark = marks[facet.values[at] ?? 0];
    if (mark === 2) return false;
    if (mark === 1) wanted += 1;
  }
  return wanted >= needed;
}

function tally(facet: Facet, card: number, counts: Uint32Array | undefined): void {
  if (counts === undefined) return;
  const end = facet.starts[card + 1] ?? 0;
  for (let at = facet.starts[card] ?? 0; at < end; at += 1) {
    const value = facet.values[at] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
}

function testsOf(facets: readonly Facet[], choices: Choices): Test[] {
  return facets.flatMap((facet, index) => {
    const choice = choices[facet.name];
    if (choice === undefined || choice.with.length + choice.without.length === 0) return [];
    const marks = new Uint8Array(facet.labels.length);
    const mark = (labels: readonly string[], value: number): void => {
      for (const label of labels) {
        const at = facet.labels.indexOf(label);
        if (at >= 0) marks[at] = value;
      }
    };
    mark(choice.with, 1);
    mark(choice.without, 2);
    // A value that no longer exists still asks for something nobody has.
    const needed = facet.mode === 'all' ? choice.with.length : Math.min(1, choice.with.length);
    return [{ index, facet, marks, needed }];
  });
}
