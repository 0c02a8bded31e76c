// What does a preview say that a change will find, take, put back and hold?

import type {Blocker} from '../../src/core/failure.ts';
import type {AlembicTroubleCode} from '../../src/core/alembic.ts';
import type {Impact} from '../../src/core/preview.ts';
import type {MissingRight, RightNeed} from '../../src/core/rights.ts';
import {alembicTroubleText} from '../../src/ui/text/alembic-trouble.ts';
import {impactText} from '../../src/ui/text/impact.ts';
import {blockerText} from '../../src/ui/text/place.ts';
import {rightText} from '../../src/ui/text/rights.ts';
import {screenText} from '../../src/ui/text/screen.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const bare: Impact = {
  objects: ['public.attempt'],
  takenAndPutBack: [],
  grants: 0,
  comments: 0,
  options: 0,
  notReplayable: [],
  kept: [],
  accepted: [],
  planned: [],
  lock: 'ACCESS EXCLUSIVE',
  lockTimeoutMs: 150,
};
const shown =
  (of: Partial<Impact>): Said =>
  (locale) =>
    impactText({...bare, ...of}, locale).join('\n');

/** The line of it stands on the screen and in the report, beside the others. */
const lockShown =
  (of: Partial<Impact>): Said =>
  (locale) => {
    const {lock, objects, locked, lockTimeoutMs} = {...bare, ...of};
    const say = screenText(locale).preview;
    return lock === 'none' ? say.noLock : say.lock(lock, (locked ?? objects).join(', '), `${lockTimeoutMs}`);
  };

const accept = 'integration/steps/accept.test.ts';
const says = 'integration/catalog/script-says.test.ts';
const lists = at(accept, 'lists what comes back, what changes, and what is let go, and takes no lock');
const tells = at(accept, 'tells what it says beside, what falls for it, and where it will be refused');
const from = by('steps/preview.ts', 'impactOf');
const reason = {en: 'nobody reads it', ko: '읽는 곳이 없음'};
const falling = {kind: 'view', name: 'public.weekly', owner: 'app'};
const unmet: MissingRight = {
  need: 'owner',
  who: 'deploy',
  what: 'app',
  objects: ['public.weekly'],
  cure: 'GRANT app TO deploy',
};
const view = {object: 'public.attempt', file: 'apply/010.sql', replaces: true, columns: []};

/** By the keys of an impact. */
export const impactClaims = {
  objects: nothing('names of the runbook'),
  takenAndPutBack: claim(
    'these fall with the change, and come back with it',
    by('catalog/falls.ts', 'fallsOf'),
    [shown({takenAndPutBack: [falling]}), shown({takenAndPutBack: [{...falling, isBarred: true}]})],
    at(
      'integration/steps/rights.test.ts',
      'a change is not begun while a right is missing that it, its put-back or a later step needs; what is said gives it',
    ),
  ),
  unmet: claim(
    'the login lacks these rights',
    by('catalog/rights.ts', 'rightsLacking'),
    [shown({unmet: [unmet]}), shown({unmet: []})],
    at('integration/steps/rights.test.ts', 'no right is asked for what the change does not touch'),
  ),
  grants: nothing('a number that the screen shows beside the names'),
  comments: nothing('a number that the screen shows beside the names'),
  options: nothing('a number that the screen shows beside the names'),
  notReplayable: claim(
    'these depend on it and cannot be put back',
    by('catalog/capture.ts', 'captureSnapshot'),
    [shown({notReplayable: ['aggregate public.f(integer)']}), shown({takenAndPutBack: [falling]})],
    at('integration/steps/apply.test.ts', 'puts back what is no view: functions, a policy, a trigger, a rule'),
  ),
  kept: claim(
    'CREATE OR REPLACE would lose these options, and they are set again',
    from,
    [shown({kept: [{object: 'public.attempt', options: ['security_barrier=true']}]}), shown({kept: []})],
    at(accept, 'would lose both options silently if nobody set them again'),
  ),
  accepted: claim(
    'this is let go, or there is nothing of it',
    from,
    [
      shown({accepted: [{object: 'public.old', reason, found: true}]}),
      shown({accepted: [{object: 'public.old', reason, found: false}]}),
    ],
    lists,
  ),
  planned: claim(
    'CREATE OR REPLACE is possible, or is not',
    by('catalog/replace.ts', 'replacePrediction'),
    [shown({planned: [{...view, prediction: {possible: true}}]}), shown({planned: [view]})],
    at(accept, 'of a query that the target cannot describe yet is not foreseen'),
  ),
  said: nothing('what the script says, by its own text'),
  unread: nothing('it says that nobody can read it'),
  meetings: claim(
    'the change will be refused: the script meets what is dropped for it',
    by('catalog/falls.ts', 'fallsOf'),
    [
      shown({meetings: [{object: 'public.mid', because: 'read-between', by: 'public.top'}]}),
      shown({takenAndPutBack: [falling]}),
    ],
    tells,
  ),
  refilled: claim(
    'these materialised views are filled anew, and other rows stop the change',
    by('steps/change/rows.ts', 'rowChanges'),
    [shown({refilled: ['public.m']}), shown({refilled: []})],
    at(
      says,
      'a materialised view whose rows were of another day is no dependant like others: said, and to be accepted',
    ),
  ),
  lock: claim(
    'the declared objects are locked so, or not at all',
    by('steps/change/to-lock.ts', 'toLockFor'),
    [lockShown({}), lockShown({lock: 'none', locked: []})],
    tells,
  ),
  locked: nothing('names of what is locked, beside the lock'),
  lockTimeoutMs: nothing('a setting of the runbook'),
  hold: claim(
    'others are shut out for about so long',
    from,
    [
      shown({hold: {statements: 3, aboutMs: 20, limitMs: 2000}}),
      shown({hold: {statements: 900, aboutMs: 9000, limitMs: 2000}}),
    ],
    at('integration/catalog/hold.test.ts', 'is cancelled before COMMIT, also in the middle of a statement'),
  ),
  alembic: claim(
    'this is what Alembic took along on the copy',
    by('steps/alembic-put-back.ts', 'takenBy'),
    [shown({alembic: {taken: []}}), shown({alembic: {}})],
    at(
      'headless/alembic.test.ts',
      'names every loss before the upgrade, puts it back after it, and ends where it began',
    ),
  ),
} satisfies Record<keyof Impact, Claim>;

const right = (need: RightNeed): Claim => {
  const one: MissingRight = {need, who: 'deploy', what: 'app', objects: ['public.weekly']};
  return claim(
    'the login lacks this right',
    by('catalog/rights.ts', 'rightsLacking'),
    [(locale) => rightText(one, locale), shown({unmet: []})],
    at(
      'integration/steps/rights.test.ts',
      'a change is not begun while a right is missing that it, its put-back or a later step needs; what is said gives it',
    ),
  );
};

export const rightClaims = {
  'application-role': right('application-role'),
  owner: right('owner'),
  grantor: right('grantor'),
  create: right('create'),
  table: right('table'),
  alter: right('alter'),
  'version-table': right('version-table'),
} satisfies Record<RightNeed, Claim>;

const blocker: Blocker = {pid: 4711, user: 'r', application: 'a', state: 'active', ageMs: 1000, role: 'holds'};
const stands =
  (of: Partial<Blocker>): Said =>
  (locale) =>
    blockerText({...blocker, ...of}, locale);
const blockers = by('adapters/postgres/other-sessions.ts', 'otherSessions');
const counts = at(
  'integration/steps/lock.test.ts',
  'counts who holds it and not who queues behind us, and says that the login may not see the age of it',
);

/** By the keys of somebody who stands in the way. */
export const blockerClaims = {
  pid: nothing('a number of the server'),
  user: nothing('a name of the server'),
  application: nothing('a name that the session gave itself'),
  state: claim('it is in this state', blockers, [stands({}), stands({state: '', hiddenFrom: 'deploy'})], counts),
  ageMs: claim('its transaction is open for so long', blockers, [stands({}), stands({hiddenFrom: 'deploy'})], counts),
  hiddenFrom: nothing('it says that the login may not see it'),
  prepared: claim(
    'a prepared transaction holds it, which no session has',
    blockers,
    [stands({prepared: 'night'}), stands({})],
    at(
      'integration/adapters/blockers.test.ts',
      'a prepared transaction has no session, and holds its locks all the same',
    ),
  ),
  waitsFor: claim('it waits for this itself', blockers, [stands({waitsFor: 'Lock relation'}), stands({})], counts),
  role: claim(
    'it holds the lock, or stands in line for it',
    blockers,
    [stands({role: 'waits'}), stands({role: 'holds'})],
    counts,
  ),
} satisfies Record<keyof Blocker, Claim>;

const trouble =
  (code: AlembicTroubleCode): Said =>
  (locale) =>
    alembicTroubleText({code, subject: 'x', expected: 'r1', actual: 'r2'}, locale);
const ofTheProject = nothing('the files and the history of a project, and not the database');
const ofTarget = (code: AlembicTroubleCode, claims: string): Claim =>
  claim(
    claims,
    by('steps/alembic-fit.ts', 'fitOf'),
    [trouble(code), trouble('not-answered')],
    at('integration/steps/alembic-trouble.test.ts', '$what'),
  );

export const alembicTroubleClaims = {
  'several-heads': ofTheProject,
  'parent-missing': ofTheProject,
  'revision-unknown': ofTheProject,
  'revision-twice': ofTheProject,
  'id-too-long': ofTarget('id-too-long', 'the column of the version table is too narrow'),
  'not-an-ancestor': ofTheProject,
  'current-differs': ofTarget('current-differs', 'the version table names another revision'),
  'not-the-head': ofTheProject,
  'other-target': ofTarget('other-target', 'env.py connects to another database, or as another role'),
  'setting-lost': ofTarget('setting-lost', 'a setting did not arrive in the session of Alembic'),
  'version-table-differs': ofTarget('version-table-differs', 'the version table is another one'),
  'file-differs': ofTheProject,
  'file-not-planned': ofTheProject,
  'percent-in-url': ofTheProject,
  'driver-unknown': ofTheProject,
  'not-answered': nothing('it says that nobody could be asked'),
} satisfies Record<AlembicTroubleCode, Claim>;
