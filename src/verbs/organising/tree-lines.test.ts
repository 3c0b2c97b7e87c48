import { describe, expect, it } from 'vitest';
import type { PlanFile, PlannedGroup } from '../../archive/organise/plan.ts';
import { columnsOf } from '../columns.ts';
import { treeLines } from './tree-lines.ts';

function group(from: string, to: string, beside = 0): PlannedGroup {
  const companions = Array.from({ length: beside }, (_, index) => ({ from: `${from}.${index}`, to: `${to}.${index}` })); // prettier-ignore
  return { file: fileAt(from), target: to, companions };
}

function fileAt(path: string): PlanFile {
  return {
    fileId: 1,
    rootId: 7,
    path,
    folder: path.slice(0, path.lastIndexOf('/')),
    name: path.slice(path.lastIndexOf('/') + 1),
    rawName: undefined,
    size: 1,
    mtimeNs: '0',
    inode: '1',
    sha256: undefined,
    output: '/m/out',
    isResult: false,
    values: undefined,
    stays: undefined,
    companions: [],
  };
}

const options = { outputs: ['/m/out'], roots: new Map([[7, '/m']]) };
const many = Array.from({ length: 40 }, (_, index) => {
  const name = `${'long'.repeat(30)}${index}.safetensors`;
  return group(
    `/m/a folder with a name that goes on and on, and on, and on/${name}`,
    `/m/out/LORA/${name}`,
    3,
  );
});

describe('treeLines', () => {
  it('says of folders how many files they hold, of files where they come from, and the sums', () => {
    const plan = {
      groups: [
        group('/m/loras/a.pt', '/m/out/LORA/SDXL 1.0/a.pt', 2),
        group('/m/x.pt', '/m/out/LORA/SDXL 1.0/x (2).pt'),
        group('/m/b.pt', '/m/out/VAE/b.pt', 1),
      ],
      staying: [
        { file: fileAt('/m/out/VAE/there.pt'), status: 'identical', why: '' },
        { file: fileAt('/m/loose.pt'), status: 'skipped', why: '' },
      ] as const,
    };

    expect(treeLines(plan, options)).toEqual([
      '/m/out/',
      '  LORA/   2 files',
      '    SDXL 1.0/   2 files',
      '      a.pt      ← loras/ +2',
      '      x (2).pt  ← ./x.pt',
      '  VAE/   2 files',
      '    b.pt      ← ./ +1',
      '    there.pt',
      '',
      '3 files into 2 folders, with 3 notes and pictures beside them',
    ]);
  });

  it.each([60, 80, 120])(
    'fits a screen of %i columns, names cut in the middle and long folders to their first files',
    (width) => {
      const lines = treeLines({ groups: many, staying: [] }, { ...options, width });

      // The sums are words, and wrapped like any others.
      for (const line of lines.slice(0, -1)) expect([...line].length).toBeLessThanOrEqual(width - 2);
      expect(lines).toHaveLength(2 + 8 + 1 + 2);
      expect(lines[2]).toMatch(/^ {4}long.*….*\.safetensors {2}← .*… ?.* \+3$/);
      expect(lines[10]).toBe('    … 32 more');
      expect(lines.at(-1)).toContain('40 files into 1 folder, with 120 notes and pictures beside them');
    },
  );

  it('keeps columns under each other and within the screen with letters that are two columns wide', () => {
    const wide = [group('/m/a.pt', '/m/out/漢字漢字.pt'), group('/m/bb.pt', '/m/out/bb.pt')];
    const long = [group('/m/字.pt', `/m/out/${'漢字'.repeat(40)}.pt`)];

    const [, first = '', second = ''] = treeLines({ groups: wide, staying: [] }, options);
    const [, only = ''] = treeLines({ groups: long, staying: [] }, { ...options, width: 60 });

    const before = [first, second].map((line) => columnsOf(line.slice(0, line.indexOf('←'))));
    expect(before[0]).toBe(before[1]);
    expect(columnsOf(only)).toBeLessThanOrEqual(58);
    expect(only).toMatch(/漢….*\.pt {2}← /);
  });

  it('prints all in full where there is no screen', () => {
    const lines = treeLines({ groups: many, staying: [] }, options);

    expect(lines).toHaveLength(2 + 40 + 2);
    expect(lines.join()).not.toContain('…');
  });

  it('keeps a name with line ends on one line', () => {
    const lines = treeLines(
      { groups: [group('/m/two\nlines.pt', '/m/out/two\nlines.pt')], staying: [] },
      options,
    );

    expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
  });
});
