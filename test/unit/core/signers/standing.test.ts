// Is it known before anybody signs whether the approvals can be given with a list?

import {expect, test} from 'vitest';
import type {ApprovalStep} from '../../../../src/core/definition.ts';
import {isInTheWay, signersStanding, type ListedKey, type ReadSigners} from '../../../../src/core/signers/standing.ts';
import {approvalStep} from '../../../support/approval-run.ts';

const key = (...principals: readonly string[]): ListedKey => ({principals, key: `SHA256:${principals.join('+')}`});
const list = (...keys: readonly ListedKey[]): ReadSigners => ({
  list: 'plan',
  place: 'signers/approvers',
  ok: true,
  keys,
  uncounted: [{line: 1, because: 'expired'}],
});
const step = (changes: Partial<ApprovalStep> = {}): ApprovalStep => ({...approvalStep, ...changes});
const codeOf = (of: ApprovalStep, read: ReadSigners): string => signersStanding(of, read, ['kim']).code;

test.each<readonly [string, Partial<ApprovalStep>, ReadSigners, string]>([
  ['nobody has named one', {}, {list: 'none'}, 'none'],
  ['it cannot be read', {}, {list: 'operator', place: '/x', ok: false, message: 'ENOENT'}, 'unreadable'],
  ['no key on it counts', {}, list(), 'nobody'],
  ['it has only the operator', {}, list(key('kim@example.org')), 'nobody'],
  ['it has only the operator, who may', {self: 'allowed'}, list(key('kim@example.org')), 'enough'],
  ['one is needed', {}, list(key('lee')), 'enough'],
  ['two are needed, and one is there', {approvers: 2}, list(key('lee')), 'too-few'],
  [
    'two are needed, and one is there with two keys',
    {approvers: 2},
    list(key('lee'), key('lee@example.org')),
    'too-few',
  ],
  [
    'two are needed, and two names have one key',
    {approvers: 2},
    list({principals: ['lee'], key: 'SHA256:a'}, {principals: ['park'], key: 'SHA256:a'}),
    'too-few',
  ],
  [
    'a third key binds two names together',
    {approvers: 2},
    list(key('lee'), key('park'), key('lee', 'park')),
    'too-few',
  ],
  ['two are needed and there', {approvers: 2}, list(key('lee'), key('kim'), key('park')), 'enough'],
])('%s', (_, changes, read, code) => {
  expect(codeOf(step(changes), read)).toBe(code);
});

test('only a demanded signature is held up by it', () => {
  const none = {code: 'none'} as const;
  expect(isInTheWay(step(), none)).toBe(true);
  expect(isInTheWay(step({signature: 'optional'}), none)).toBe(false);
});
