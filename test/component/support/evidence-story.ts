// A run that has kept something of every kind, and what lies in it.

import type {FakeSession} from './fake-session.ts';

const by = {name: 'min', host: 'ops-1'};
const sealed = '9'.repeat(64);

const kept: readonly (readonly [step: string, path: string, bytes: number, mediaType: string, masked?: number])[] = [
  ['columns', 'transcripts/columns.1.cast', 2_211, 'application/x-asciicast'],
  ['snapshot', 'transcripts/snapshot.1.log', 214_000_000, 'text/plain; charset=utf-8', 3],
  ['snapshot', 'transcripts/snapshot.1.cast', 4_812, 'application/x-asciicast', 3],
  ['snapshot', 'artifacts/snapshot.1.diff.json', 212, 'application/json'],
  ['snapshot', 'artifacts/backup.1.dump', 12_345_678, 'application/x-pg-dump'],
  ['snapshot', 'artifacts/screens/snapshot.1.1.png', 48_211, 'image/png'],
  ['snapshot', 'artifacts/approvals/snapshot.1.1.txt', 812, 'text/plain; charset=utf-8'],
  ['snapshot', 'artifacts/changed.xml', 1_204, 'application/xml'],
  ['session', 'transcripts/session.1.cast', 91_204, 'application/x-asciicast'],
];

const longLog = `${Array.from({length: 9000}, (_, at) => `line ${at + 1} of a log that nobody reads to its end`).join('\n')}\n`;

/** What lies in the files; a long one is read at both ends only. */
export const keptFiles: Readonly<Record<string, string>> = {
  'artifacts/snapshot.json': '{"objects":["public.attempt"],"owner":"app","title":"\\u001b]0;owned\\u0007"}',
  'transcripts/snapshot.1.log': longLog,
  'transcripts/columns.1.cast':
    '{"version":3}\n[0.1, "o", "=> preflight/010_columns.sql\\r\\n"]\n[0.2, "j", "{}"]\n[0.0, "x", "0"]\n',
  'transcripts/session.1.cast':
    '{"version":3}\n[0.1, "o", "\\u001b[2J\\u001b[1HSTAGING"]\n[12.3, "k", "enter"]\n[0.0, "m", "StartStep"]\n',
};

export const keepEverything = ({record}: FakeSession): void => {
  for (const [step, path, bytes, mediaType, masked] of kept) {
    const redactions = masked === undefined ? {} : {redactions: {'known-secret': masked}};
    record({
      type: 'ArtifactSealed',
      step,
      attempt: 1,
      artifact: {path, bytes, sha256: sealed, mediaType, ...redactions},
    });
  }
  record({
    type: 'EvidenceAttached',
    step: 'snapshot',
    artifact: {path: 'artifacts/attachments/001-grants.png', bytes: 81_204, sha256: sealed, mediaType: 'image/png'},
    fileName: '권한 grants.png',
    scanned: false,
    note: 'grants before the change',
    by,
  });
};
