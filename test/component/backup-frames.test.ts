// What the operator sees of a backup: what it will take, how far it is, and how it was proven.

import {afterEach, describe, test} from 'vitest';
import type {RunbookDefinition} from '../../src/core/definition.ts';
import type {BackupProof, FactsByKind} from '../../src/core/facts.ts';
import type {Preview} from '../../src/core/preview.ts';
import {createFakeSession, type FakeSession} from './support/fake-session.ts';
import {fixtureRunbook} from './support/fixture-runbook.ts';
import {expectGolden, expectWidth} from './support/golden.ts';
import {closeTerminals, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const step = 'dump';
const runbook: RunbookDefinition = {
  ...fixtureRunbook,
  steps: [
    {id: step, kind: 'backup', phase: 'backup', title: {en: 'Back up the database', ko: '데이터베이스 백업'}},
    ...fixtureRunbook.steps.filter(({kind}) => kind === 'snapshot'),
  ],
};

const preview: Preview = {
  parts: [{title: 'pg_dump', language: 'argv', text: 'pg_dump --format=custom --compress=6'}],
  estimate: {
    sourceBytes: 31_973_376,
    dumpBytes: 15_986_688,
    durationMs: 12_000,
    scratchBytes: 48_000_000,
    basis: 'constant',
  },
};

const facts = (proof: BackupProof): FactsByKind['backup'] => ({
  kind: 'backup',
  method: 'pg_dump',
  path: 'artifacts/dump.1.dump',
  bytes: 3_805_517,
  sha256: '7f3a91c2'.repeat(8),
  entries: 41,
  durationMs: 6900,
  takenAt: '2025-11-21T17:30:00.000Z',
  clientVersion: '15.18',
  tables: [{table: 'public.exam_results', rows: 20_000}],
  proof,
});

const start = (fake: FakeSession): Promise<unknown> => fake.session.submit({type: 'StartStep', step});

const scenes = [
  {name: 'backup-before', until: {en: 'low on purpose', ko: '일부러 느리게'}, drive: async () => undefined},
  {
    name: 'backup-running',
    until: {en: 'so far of about', ko: '예상 약'},
    drive: async (fake: FakeSession) => {
      await start(fake);
      fake.progress({code: 'dumping', bytes: 2_100_000, ofBytes: 15_986_688, elapsedMs: 4000});
    },
  },
  {
    name: 'backup-proven',
    until: {en: 'proven: restored', ko: '증명됨'},
    drive: async (fake: FakeSession) => {
      await start(fake);
      fake.succeed(
        facts({
          level: 'restored',
          where: 'embedded',
          serverVersion: '15.18',
          objects: 35,
          tables: 1,
          alone: ['public.attempt'],
          restoreMs: 4020,
          durationMs: 5100,
        }),
      );
    },
  },
  {
    name: 'backup-read',
    until: {en: 'not restored', ko: '복원하지 않음'},
    drive: async (fake: FakeSession) => {
      await start(fake);
      fake.succeed(facts({level: 'read', because: 'no-room', neededBytes: 48_000_000, freeBytes: 2_100_000}));
    },
  },
] as const;

describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.each(scenes)('$name', async ({name, until, drive}) => {
    const fake = createFakeSession({runbook, previews: {[step]: preview}});
    const terminal = openTerminal({locale, session: fake.session});
    await terminal.waitFor(runbook.steps[0]?.title[locale] ?? '');
    await drive(fake);
    if (name === 'backup-proven' || name === 'backup-read') {
      // The screen goes on to the next step; this one is looked at.
      await terminal.pressUntil('\u001B[A', until[locale]);
    }
    await terminal.waitFor(until[locale]);
    const frame = await terminal.settled();
    expectWidth(frame, 80);
    expectGolden(`${name}.${locale}`, frame);
  });
});
