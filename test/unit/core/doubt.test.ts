// In what does a server differ from the one that an attempt was begun on, and when is a committed change not there?

import {describe, expect, it} from 'vitest';
import {historyChanges, isGone, type Found} from '../../../src/core/doubt.ts';
import {target} from '../../support/events.ts';

const before = {...target, timeline: 1};
const same = {systemIdentifier: '7301', database: 'shop', timeline: 1, walFlushed: '0/16B3748'};

describe('the history of a server', () => {
  it.each([
    ['the same', same, []],
    ['one that says nothing', {}, []],
    ['another server', {...same, systemIdentifier: '7302'}, ['system-identifier']],
    ['another database', {...same, database: 'shop2'}, ['database']],
    ['one that was failed over', {...same, timeline: 2}, ['timeline']],
    ['one that wrote on', {...same, walFlushed: '1/0'}, []],
    [
      'one that was put back, by a digit more than text would notice',
      {...same, walFlushed: '0/FFFFFF'},
      ['wal-position'],
    ],
    ['one whose answer is no position', {...same, walFlushed: ''}, []],
  ])('is compared with what the attempt was begun on: %s', (_, now, expected) => {
    expect(historyChanges(before, '0/16B3748', now).map(({what}) => what)).toEqual(expected);
  });

  it('cannot differ in what an older journal does not say', () => {
    expect(historyChanges(target, undefined, {...same, timeline: 9})).toEqual([]);
  });
});

describe('a committed transaction', () => {
  it.each<readonly [Found, boolean]>([
    [{status: 'committed', catalog: {present: [], verify: 'holds'}}, false],
    [{status: 'committed', catalog: {present: [], asBefore: true, verify: 'holds'}}, false],
    [{status: 'committed', catalog: {present: [], asBefore: false, verify: 'fails'}}, true],
    [{status: 'committed', catalog: {present: [], asBefore: true}}, true],
    [{status: 'committed', catalog: {present: [], asBefore: false}}, false],
    [{status: 'committed'}, false],
    [{status: 'aborted', catalog: {present: [], asBefore: true, verify: 'fails'}}, false],
  ])('is gone when what it promised is not there: %j', (found, gone) => {
    expect(isGone(found)).toBe(gone);
  });
});
