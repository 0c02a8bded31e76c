// Does a part that went well on the copy say of its catalog only what was compared there?

import {expect, test} from 'vitest';
import type {RehearsedPart} from '../../../../src/core/facts.ts';
import {rehearsedPartText} from '../../../../src/ui/text/rehearsed.ts';

const part = (of: Partial<RehearsedPart>): RehearsedPart => ({
  step: 'rollback/x',
  verdict: 'pass',
  durationMs: 12,
  ...of,
});

test('says that the catalog is not as before, or that nothing is left, also where the part went well', () => {
  expect(rehearsedPartText(part({digestEqual: true}), 'en')).toContain('catalog as before');
  expect(rehearsedPartText(part({verdict: 'amber', digestEqual: false}), 'en')).toContain('catalog NOT as before');
  expect(rehearsedPartText(part({verdict: 'amber', digestEqual: false}), 'ko')).toContain('카탈로그가 이전과 다름');
  for (const verdict of ['pass', 'amber'] as const) {
    expect(rehearsedPartText(part({verdict, leaves: 'nothing'}), 'en')).toContain('leaves no declared object');
    expect(rehearsedPartText(part({verdict, leaves: 'nothing'}), 'ko')).toContain('선언된 객체가 남지 않음');
  }
  // Nobody compared anything of a step that is no way back.
  expect(rehearsedPartText(part({}), 'en')).not.toContain('catalog');
});
