import { describe, expect, it } from 'vitest';
import { TermCounter } from './count-terms.ts';
import { rebuildPrompt } from './rebuild.ts';
import { readTermLines } from './term-list.ts';
import { readVariant } from './variant.ts';

describe('a prompt for a LoRA under the name it has now', () => {
  it.each([
    [
      'x, <lora:My__Ink:0.7>, <lora:b>',
      'my_ink',
      undefined,
      'x, <lora:My__Ink:0.7>, <lora:b>',
      '<lora:My__Ink:0.7>',
    ],
    ['x, <LoRA:old:0.7:0.2>', 'new', 'OLD', 'x, <LoRA:new:0.7:0.2>', '<LoRA:new:0.7:0.2>'],
    ['x', 'new', 'old', '<lora:new:1>, x', '<lora:new:1>'],
    ['', 'new', undefined, '<lora:new:1>', '<lora:new:1>'],
  ])('%j for %j, once %j', (raw, lora, from, text, tag) => {
    expect(rebuildPrompt(raw, { lora, from })).toEqual({ text, tag });
  });
});

describe('terms', () => {
  it('are counted once a place and once a prompt', () => {
    const counter = new TermCounter();
    for (const prompt of ['smile, Smile, tree, <lora:a>', 'tree', '(red_hat:1.2)']) counter.add(prompt);

    expect(counter.byCount()).toEqual([
      { term: 'smile', count: 2, prompts: 1 },
      { term: 'tree', count: 2, prompts: 2 },
      { term: 'red hat', count: 1, prompts: 1 },
    ]);
  });

  it('are read from a list one a line, without comments, whatever editor wrote it', () => {
    expect(readTermLines('\uFEFF# a comment\r\nred hat\r\n\r\n #\n#tag\rsmile ')).toEqual([
      'red hat',
      '#tag',
      'smile',
    ]);
  });
});

describe('a variant', () => {
  const lists = [{ name: 'Sex' }, { name: 'Clothes' }, { name: 'Etc' }];

  it('names all lists, all but some, or some', () => {
    expect(readVariant('prompt=all', lists).without).toEqual(['Sex', 'Clothes', 'Etc']);
    expect(readVariant('p = all-clothes', lists)).toEqual({ name: 'p', without: ['Sex', 'Etc'] });
    expect(readVariant('p=Sex+Clothes', lists).without).toEqual(['Sex', 'Clothes']);
  });

  it('is refused when it names no list that is there', () => {
    expect(() => readVariant('p=all-Shoes', lists)).toThrow(
      'There is no list "Shoes"; the lists are Sex, Clothes, Etc.',
    );
    expect(() => readVariant('p', lists)).toThrow('is no variant');
  });
});
