import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { trainingOf } from './view-training.ts';

function of(header: Record<string, unknown>): ReturnType<typeof trainingOf> {
  return trainingOf(JSON.stringify(header));
}

describe('trainingOf', () => {
  it('adds tags up over all datasets and sorts them by count', () => {
    const frequency = JSON.stringify({
      '10_cat': { cat: 5, ' fur ': '2', bad: 'x', none: 0 },
      '5_dog': { dog: 3, fur: 4 },
    });

    expect(of({ ss_tag_frequency: frequency })?.tags).toEqual([
      { tag: 'fur', count: 6 },
      { tag: 'cat', count: 5 },
      { tag: 'dog', count: 3 },
    ]);
  });

  it('reads tags that are no text but an object, and those inside the datasets', () => {
    expect(of({ ss_tag_frequency: { a: { x: 1 } } })?.tags).toEqual([{ tag: 'x', count: 1 }]);
    const datasets = JSON.stringify([
      { tag_frequency: { a: { x: 1 } } },
      { tag_frequency: { b: { x: 2, y: 1 } } },
      7,
    ]);
    expect(of({ ss_datasets: datasets })?.tags).toEqual([
      { tag: 'x', count: 3 },
      { tag: 'y', count: 1 },
    ]);
  });

  it('labels facts, in order, leaves out what says nothing, and keeps every digit of a seed', () => {
    const header = {
      ss_seed: '9223372036854775807', ss_network_dim: 32, ss_network_alpha: 'None', ss_clip_skip: 'null', ss_training_started_at: '1700000000.25',
      ss_output_name: 'ink', 'modelspec.title': 'Ink', ss_optimizer: '', other: 'x',
    }; // prettier-ignore

    expect(of(header)?.facts).toEqual([
      ['Title', 'Ink'],
      ['Output name', 'ink'],
      ['Rank', '32'],
      ['Seed', '9223372036854775807'],
      ['Started', '2023-11-14'],
    ]);
    expect(trainingOf('{"ss_seed": 18446744073709551615}')?.facts).toEqual([
      ['Seed', '18446744073709551615'],
    ]);
  });

  it('has nothing to say of headers that say nothing', () => {
    expect(trainingOf(null)).toBeUndefined();
    expect(trainingOf('{not json')).toBeUndefined();
    expect(trainingOf('[1]')).toBeUndefined();
    expect(of({ ss_tag_frequency: '{broken', ss_datasets: '{}', format: 'pt' })).toBeUndefined();
    expect(of({ ss_tag_frequency: '{"__proto__": {"x": 1}}' })?.tags).toEqual([{ tag: 'x', count: 1 }]);
  });

  it('bounds what a hostile header can make it hold', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_item, index) => [`tag ${index}`, 1]));

    const view = of({
      ss_tag_frequency: JSON.stringify({ a: many }),
      ss_training_comment: 'x'.repeat(100_000),
    });

    expect(view?.tags).toHaveLength(200);
    expect(view?.facts[0]?.[1]).toHaveLength(500);
  });

  it('never throws', () => {
    const key = fc.constantFrom(
      'ss_tag_frequency',
      'ss_datasets',
      'ss_training_started_at',
      'modelspec.title',
      'ss_seed',
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(fc.json(), fc.jsonValue())), (header) => {
        expect(Array.isArray(of(header)?.tags ?? [])).toBe(true);
      }),
    );
  });
});
