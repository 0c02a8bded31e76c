// Does the live session take signed words when it waits for somebody, and only then; and does nothing in the inbox end it?

import {expect, test} from 'vitest';
import type {Refusal} from '../../../../src/core/command.ts';
import {statementText} from '../../../../src/core/approval-statement.ts';
import {statementFor} from '../../../../src/core/approval-standing.ts';
import type {InboxEntry, InboxNews, InboxProblem} from '../../../../src/core/inbox/inbox.ts';
import {fold} from '../../../../src/core/reduce.ts';
import {lookInto} from '../../../../src/engine/inbox/look-into.ts';
import {approvalStep, untilConsent, withApproval} from '../../../support/approval-run.ts';
import {recorded} from '../../../support/events.ts';

const statement = statementText(
  statementFor(
    withApproval(),
    fold(recorded(untilConsent)),
    approvalStep,
    {seq: 1, sha256: 'ab'.repeat(32)},
    {
      decision: 'approved',
      approver: 'lee',
      at: '2026-01-01T00:10:00.000Z',
    },
  ),
);
const words = (name: string, text = statement): InboxEntry => ({
  kind: 'words',
  names: [`${name}.txt`, `${name}.sig`],
  sha256: name,
  text,
  signature: new Uint8Array(),
});
const stray: InboxEntry = {kind: 'stray', names: ['notes.txt'], problem: {why: 'foreign-name'}};

const looked = async (
  entries: readonly InboxEntry[],
  take: (name: string) => Promise<Refusal | undefined>,
  isIdle: () => boolean = () => true,
) => {
  const did: (readonly [string, string, InboxProblem['why']?])[] = [];
  const news: InboxNews[] = [];
  await lookInto({
    inbox: {
      look: () => entries,
      taken: ({names}) => void did.push(['taken', names[0] ?? '']),
      refused: ({names}, {why}) => void did.push(['refused', names[0] ?? '', why]),
    },
    now: () => '2026-01-01T00:10:00.000Z',
    isIdle,
    take: ({sha256}) => take(sha256),
    tell: (of) => void news.push(of),
  });
  return {did, news};
};

test('what is taken goes, and what is refused is moved aside and told, each by itself', async () => {
  const {did, news} = await looked([stray, words('a'), words('b')], async (name) =>
    name === 'a' ? {code: 'run-closed'} : undefined,
  );
  expect(did).toEqual([
    ['refused', 'notes.txt', 'foreign-name'],
    ['refused', 'a.txt', 'refused'],
    ['taken', 'b.txt'],
  ]);
  expect(news.map(({was}) => was)).toEqual(['refused', 'refused', 'taken']);
  expect(news.at(-1)).toEqual({was: 'taken', step: 'consent', by: 'lee', decision: 'approved'});
});

test('while something is at work nothing is looked at, and what becomes of one may end the look', async () => {
  expect(
    (
      await looked(
        [stray, words('a')],
        async () => undefined,
        () => false,
      )
    ).did,
  ).toEqual([]);
  let isIdle = true;
  const {did} = await looked(
    [words('a'), words('b')],
    async () => {
      isIdle = false;
      return undefined;
    },
    () => isIdle,
  );
  expect(did).toEqual([['taken', 'a.txt']]);
});

test.each<Refusal>([
  {code: 'journal-failed', message: 'ENOSPC'},
  {code: 'run-taken-over'},
  {code: 'already-running', step: 'shell/psql'},
])('words stay where they lie when it is this process that cannot: $code', async (refusal) => {
  expect(await looked([words('a')], async () => refusal)).toEqual({did: [], news: []});
});

test('what throws is a reason against the words, and the next are looked at', async () => {
  const {did} = await looked([words('a'), words('b')], async (name) => {
    if (name === 'a') throw new Error('ENOSPC: no space left on device');
    return undefined;
  });
  expect(did).toEqual([
    ['refused', 'a.txt', 'unreadable'],
    ['taken', 'b.txt'],
  ]);
});
