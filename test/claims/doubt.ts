// What is said of the database when a step in doubt is settled, or a change is looked for once more?

import type {EndedSession, Found, HistoryChange, TransactionStatus} from '../../src/core/doubt.ts';
import type {RunEvent, Verdict} from '../../src/core/event.ts';
import type {AskedAfter} from '../../src/core/way-back/undone.ts';
import {eventText} from '../../src/ui/text/event.ts';
import {foundLines} from '../../src/ui/text/found.ts';
import {factsText} from '../../src/ui/text/facts.ts';
import {verdictText} from '../../src/ui/text/terms.ts';
import {goodFacts} from '../support/events.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const found =
  (of: Found): Said =>
  (locale) =>
    foundLines(of, locale).join('\n');
const status = (of: TransactionStatus): Said => found({xid: '735', status: of});
const verdict =
  (of: Verdict): Said =>
  (locale) =>
    verdictText(of, locale);

const doubt = 'integration/steps/doubt.test.ts';
const history = 'integration/steps/history.test.ts';
const xid = by('steps/settle.ts', 'settleByXid');
const withheld = at(
  doubt,
  'is found to have taken effect when only the answer to COMMIT was lost (the answer is withheld by the test)',
);
const noEffect = at(doubt, 'leaves the step in doubt, and the server says that it had no effect: $name');

export const statusClaims = {
  committed: claim('the transaction was committed', xid, [status('committed'), status('aborted')], noEffect),
  aborted: claim('the transaction was rolled back', xid, [status('aborted'), status('committed')], withheld),
  'in progress': claim(
    'the transaction is still at work',
    xid,
    [status('in progress'), status('committed')],
    at(doubt, 'is not taken for a failure while the server still works on it'),
  ),
  forgotten: nothing('it says that the server does not know any more'),
  'in the future': claim(
    'this server has committed nothing under that number',
    xid,
    [status('in the future'), status('committed')],
    at(
      history,
      'that was failed over decides nothing: a human does, who is shown what it says and how the catalog stands',
    ),
  ),
} satisfies Record<TransactionStatus, Claim>;

const changed = (of: HistoryChange['what']): Claim =>
  claim(
    'the server is not the one, or not in the history, that the attempt was begun on',
    by('core/doubt.ts', 'historyChanges'),
    [found({xid: '735', status: 'committed', history: [{what: of, before: '1', now: '2'}]}), status('committed')],
    withheld,
  );

export const historyClaims = {
  'system-identifier': changed('system-identifier'),
  database: changed('database'),
  timeline: changed('timeline'),
  'wal-position': changed('wal-position'),
} satisfies Record<HistoryChange['what'], Claim>;

const present = ['public.attempt'];

/** The keys of what a probe may have found; `xid` and `status` are above. */
export const foundClaims = {
  xid: nothing('a number of the journal'),
  status: nothing('each status has an entry of its own'),
  history: nothing('each change has an entry of its own'),
  catalog: claim(
    'the declared objects are there, as before or not, and keep what the change promises or not',
    by('steps/catalog-standing.ts', 'catalogLook'),
    [
      found({catalog: {present, asBefore: true, verify: 'fails'}}),
      found({catalog: {present, asBefore: false, verify: 'holds'}}),
    ],
    at(history, 'that lost an applied change is asked before anything is ticked, and the run is not completed on it'),
  ),
  probedAgain: claim(
    'the change was there once, and is not any more',
    by('steps/way-back/probe-again.ts', 'probeAgain'),
    [
      found({probedAgain: true, catalog: {present, verify: 'fails'}}),
      found({probedAgain: true, catalog: {present, verify: 'holds'}}),
    ],
    at('integration/steps/probed-again.test.ts', 'a run whose change is there is looked at once before it is closed'),
  ),
  sessions: claim(
    'no session of the attempt is left',
    by('steps/sessions.ts', 'orphans'),
    [found({sessions: []}), found({sessions: [{pid: 1, user: 'u', application: 'a', state: 'active'}]})],
    at('integration/steps/orphans.test.ts', 'are shown, ended on the typed name of the target, and nobody else is'),
  ),
} satisfies Record<keyof Found, Claim>;

const ended = (sessions: readonly EndedSession[]): Said => {
  const event = {type: 'OrphansEnded', step: 's', attempt: 1, sessions} as const satisfies RunEvent;
  return (locale) =>
    eventText({v: 1, seq: 1, at: '2026-01-01T00:00:00.000Z', prev: '', ...event}, (step) => step, locale);
};
const end = (how: EndedSession['how']): Claim =>
  claim(
    'the session is gone, or still there',
    by('adapters/postgres/other-sessions.ts', 'otherSessions'),
    [ended([{pid: 1, how}]), ended([{pid: 1, how: how === 'stayed' ? 'cancelled' : 'stayed'}])],
    at('integration/steps/orphans.test.ts', 'are shown, ended on the typed name of the target, and nobody else is'),
  );

export const endedClaims = {
  cancelled: end('cancelled'),
  terminated: end('terminated'),
  stayed: end('stayed'),
} satisfies Record<EndedSession['how'], Claim>;

export const verdictClaims = {
  'took-effect': claim(
    'the change is in the target',
    xid,
    [verdict('took-effect'), verdict('had-no-effect')],
    noEffect,
  ),
  incomplete: claim(
    'a part of it may be in the target',
    by('steps/migration.ts', 'migration'),
    [verdict('incomplete'), verdict('had-no-effect')],
    at('unit/steps/migration.test.ts', 'had no effect when its one statement is not there: %j'),
  ),
  'had-no-effect': claim(
    'nothing of the attempt is in the target',
    by('steps/migration.ts', 'migration'),
    [verdict('had-no-effect'), verdict('incomplete')],
    at('unit/steps/migration.test.ts', 'of several files took effect in part, whatever a second run would do: %j'),
  ),
  'still-running': claim(
    'a session of the attempt is still at work',
    by('steps/sessions.ts', 'orphans'),
    [verdict('still-running'), verdict('cannot-tell')],
    at('integration/steps/orphans.test.ts', 'are shown, ended on the typed name of the target, and nobody else is'),
  ),
  'cannot-tell': nothing('it says that nobody knows'),
} satisfies Record<Verdict, Claim>;

const asked =
  (says: AskedAfter['says']): Said =>
  (locale) =>
    factsText({...goodFacts['restore-objects'], undone: [{step: 'change', verify: 'verify.sql', says}]}, locale).join(
      '\n',
    );

export const undoneClaims = {
  gone: claim(
    'the change is gone: its verify has rows again',
    by('steps/way-back/ask-undone.ts', 'askingAfter'),
    [asked('gone'), asked('in-place')],
    at(
      'integration/steps/undone.test.ts',
      'that leaves the change in place has failed, says so, and leaves the run open for the others',
    ),
  ),
  'in-place': claim(
    'the change is still in place',
    by('steps/way-back/ask-undone.ts', 'askingAfter'),
    [asked('in-place'), asked('cannot-tell')],
    at(
      'integration/steps/undone.test.ts',
      'proves nothing where the verify held before the change, which is a remark on the change',
    ),
  ),
  'cannot-tell': nothing('it says that nobody knows'),
} satisfies Record<AskedAfter['says'], Claim>;
