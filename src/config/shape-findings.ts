import type { z } from 'zod';
import type { Finding } from './finding.ts';
import { keysAt, placesOfKey } from './known-keys.ts';
import { longerNames, nearestWord, shorterName } from '../base/nearest-word.ts';

/** What a schema has against a value: unknown keys, wrong values. `at`: where the value stands in the file. */
export function shapeFindings(value: unknown, schema: z.ZodType, at: readonly string[] = []): Finding[] {
  const checked = schema.safeParse(value, { reportInput: true });
  if (checked.success) return [];
  return checked.error.issues.flatMap((issue) => findingsOf(issue, schema, at));
}

function findingsOf(issue: z.core.$ZodIssue, schema: z.ZodType, at: readonly string[]): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { path: [...at, ...path], ...unknownKey(schema, path, at) };
    });
  }
  const section = sectionIssues(issue);
  if (section !== undefined) {
    const inner = section.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
    return inner.flatMap((one) => findingsOf(one, schema, at));
  }
  return [{ path: [...at, ...issue.path], ...wrongValue(issue) }];
}

/** Of "true, false or a section" the faults within the section are worth telling, when there is one. */
function sectionIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  return issue.errors.find((branch) =>
    branch.every((one) => one.code === 'unrecognized_keys' || one.path.length > 0),
  );
}

function unknownKey(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  at: readonly string[],
): Pick<Finding, 'message' | 'next'> {
  const key = String(path.at(-1));
  const known = keysAt(schema, path.slice(0, -1));
  const meant = (names: readonly string[]): Pick<Finding, 'message' | 'next'> => ({
    message: `unknown key "${key}"; did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`,
    next: `Write ${names.join(' or ')}.`,
  });
  const nearest = nearestWord(key, known);
  if (nearest !== undefined) return meant([nearest]);
  const longer = longerNames(key, known);
  if (longer.length > 0) return meant(longer);
  const elsewhere = placesOfKey(schema, key)[0];
  if (elsewhere !== undefined) {
    const place = [...at, elsewhere].join('.');
    return { message: `unknown key "${key}" here; there is ${place}`, next: `Move it to ${place}.` };
  }
  const shorter = shorterName(key, known);
  if (shorter !== undefined) return meant([shorter]);
  return { message: `unknown key "${key}"`, next: 'Take it out.' };
}

function wrongValue(issue: z.core.$ZodIssue): Pick<Finding, 'message' | 'next'> {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const given = typeof issue.input === 'string' ? issue.input : undefined;
    const nearest = given === undefined ? undefined : nearestWord(given, values);
    const guess = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    const shown = [...new Set(values.map((value) => value.toLowerCase()))].join(', ');
    return {
      message: `${given === undefined ? 'not one of the words' : `"${given}" is not one of the words`}${guess}`,
      next: `Words: ${shown}.`,
    };
  }
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return { message: 'is missing', next: `It takes ${article(issue.expected)}.` };
  return { message: issue.message };
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
