import { describe, expect, it } from 'vitest';
import { aboutStem } from './about-name.ts';
import { readAbout } from './about.ts';

describe('a model described by hand', () => {
  it('is read as typed, whatever its fields are spelled like', () => {
    const { facts, problems } = readAbout(
      'Name: 007\nbase_model: yes\nTRIGGER-WORDS: a b, c\ntags: [x, "y, z"]\nrating: pg-13\nurl: https://x.org/a?b=c\nnotes: |\n  one\n  two\n',
    );

    expect(problems).toEqual([]);
    expect(facts).toMatchObject({
      format: 'about',
      modelName: '007',
      baseModel: 'yes',
      trainedWords: ['a b', 'c'],
      tags: ['x', 'y, z'],
      level: 2,
      link: 'https://x.org/a?b=c',
      notes: 'one\ntwo',
    });
  });

  it('may be JSON, tabs and all', () => {
    expect(readAbout('{\n\t"name": "J",\n\t"tags": ["a"]\n}').facts).toMatchObject({
      modelName: 'J',
      tags: ['a'],
    });
  });

  it.each([
    ['name: a\nlink: javascript:alert(1)', 2, '"link" must begin with'],
    ['name: [a]', 1, '"name" must be one text'],
    ['name: &a x\ncreator: *a', 2, '"creator" must be one text'],
    ['a: &a [x,x]\ntags: [*b]', 1, 'there is no field "a"'],
    ['tags: {a: b}', 1, '"tags" must be a list of texts'],
    ['name: a\nname: b', 2, '"name" is given twice'],
    ['just words', 1, 'it must be fields'],
    ['- name: a', 1, 'it must be fields'],
    ['name: "a\n\n', 3, 'Missing closing'],
    ['\n\nname: [[[[', 3, ''],
    [`name: ${'['.repeat(200)}`, 1, 'it is nested too deeply'],
    ['- '.repeat(60_000), 1, 'it is nested too deeply'],
    ['{a: '.repeat(50_000), 1, 'it is nested too deeply'],
    [`name: ${'x'.repeat(300_000)}`, 1, 'it is larger than 256 KiB'],
  ])('tells the line of what it can not take: %.30j', (text, line, why) => {
    const [first] = readAbout(text).problems;

    expect(first?.line).toBe(line);
    expect(first?.why).toContain(why);
  });

  it('counts for the rest where a field is wrong', () => {
    expect(readAbout('name: kept\nrating: 3\ntags: [a]').facts).toMatchObject({
      modelName: 'kept',
      tags: ['a'],
      level: undefined,
    });
  });

  it('stops telling after a few mistakes, and keeps no half characters', () => {
    const wrong = Array.from({ length: 1000 }, (_, at) => `k${at}: v`).join('\n');

    expect(readAbout(wrong).problems).toHaveLength(5);
    expect(readAbout('name: a\u0000b').facts?.modelName ?? '').not.toContain('\u0000');
  });

  it('belongs to the stem before its ending', () => {
    expect(aboutStem('a.v1.about.yaml')).toBe('a.v1');
    expect(aboutStem('a.ABOUT.JSON')).toBe('a');
    expect(aboutStem('.about.yaml')).toBeUndefined();
    expect(aboutStem('about.yaml')).toBeUndefined();
  });
});
