// Does every scratch database get a name that PostgreSQL keeps whole and that says whose it is?

import {expect, test} from 'vitest';
import {scratchName, scratchPrefix} from '../../../src/core/scratch-name.ts';

test('a name says run, step and attempt', () => {
  expect(scratchName('r-q5zcp', 'backup', 3)).toBe('ar_scratch_r_q5zcp_backup_3');
  expect(scratchName('r-q5zcp', 'backup', 3, 'alone')).toBe('ar_scratch_r_q5zcp_backup_3_alone');
});

test('a name fits, is lower case, and begins with its run', () => {
  for (const step of ['a', 'rollback/Restore-Backup', 'x'.repeat(40), 'rollback/'.padEnd(49, 'y')]) {
    for (const part of [undefined, 'alone']) {
      const name = scratchName('r-q5zcp', step, 120, part);
      expect(name.length).toBeLessThanOrEqual(63);
      expect(name).toMatch(/^[a-z0-9_]+$/);
      expect(name.startsWith(scratchPrefix('r-q5zcp'))).toBe(true);
      expect(name).toContain('_120');
    }
  }
});
