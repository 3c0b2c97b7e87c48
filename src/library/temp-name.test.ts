import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tempMaker, tempName } from './temp-name.ts';

describe('tempName', () => {
  it('is hidden, of at most 255 bytes, whole letters, new each time, and tells its maker', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
      const temp = tempName(name);
      expect(Buffer.byteLength(temp)).toBeLessThanOrEqual(255);
      expect(temp.startsWith('.')).toBe(true);
      expect(temp.isWellFormed() && !temp.includes('\uFFFD')).toBe(!name.includes('\uFFFD'));
      expect(tempMaker(temp)).toEqual({ pid: process.pid, here: true });
      expect(tempName(name)).not.toBe(temp);
    });
    fc.assert(property);
  });

  it('cuts a long name between letters', () => {
    for (const letter of ['a', 'ä', 'ツ', '🧪']) {
      for (let shift = 0; shift < 4; shift++) {
        const temp = tempName('x'.repeat(shift) + letter.repeat(250));
        expect(temp).not.toContain('\uFFFD');
        expect(Buffer.byteLength(temp)).toBeGreaterThan(255 - 4);
      }
    }
  });

  it('takes no other name for its own', () => {
    for (const name of [
      'a.tmp',
      '.a.civitarium-x-1.tmp',
      'a.civitarium-1-00000000000000.tmp',
      '.a.civitarium-1-0.tmp',
    ]) {
      expect(tempMaker(name)).toBeUndefined();
    }
  });
});
