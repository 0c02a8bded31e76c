// Does the verifier name what is wrong with a bundle, whatever is wrong, and say of a sound one only what it proves?

import {describe, expect, it} from 'vitest';
import type {EvidenceFile} from '../../../src/evidence/bag.ts';
import type {BundleFault} from '../../../src/evidence/verify.ts';
import {randomOf} from '../../support/crash-random.ts';
import {
  archiveOf,
  bagOf,
  bundleOf,
  bytesOf,
  derive,
  events,
  hashOf,
  journalOf,
  payloadOf,
  verifyArchive,
  verifyFiles,
  withStatement,
} from './bundle.ts';

const faultOf = async (files: readonly EvidenceFile[]): Promise<BundleFault | undefined> => {
  const verification = await verifyFiles(files, derive);
  return verification.ok ? undefined : verification.fault;
};

const replaced = (
  files: readonly EvidenceFile[],
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): readonly EvidenceFile[] => files.map((file) => (file.path === path ? {path, bytes: change(file.bytes)} : file));

const flipped = (bytes: Uint8Array, at: number, bit = 1): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bit;
  return copy;
};

describe('a sound bundle', () => {
  it('is told by what was computed: the run, its journal, what stayed behind, and that it is complete', async () => {
    const verification = await verifyFiles(bundleOf(), derive);
    expect(verification).toMatchObject({
      ok: true,
      verified: {events: 6, complete: true, tornBytes: 0, unsealed: [], reportsRemade: true},
    });
    if (!verification.ok) return;
    expect(verification.verified.byHashOnly.map(({path}) => path)).toEqual(['artifacts/backup.1.dump']);
    const lines = new TextDecoder().decode(journalOf(events)).trimEnd().split('\n');
    expect(verification.verified.head).toBe(hashOf(bytesOf(lines.at(-1) ?? '')));
  });

  it('of a run that was never closed is whole, and not complete', async () => {
    const open = journalOf(events.slice(0, -1));
    expect(await verifyFiles(bundleOf(payloadOf(open, 'open')), derive)).toMatchObject({
      ok: true,
      verified: {complete: false},
    });
  });

  it('names the transcripts that no record seals', async () => {
    const more = [...payloadOf(), {path: 'transcripts/apply.1.log', bytes: bytesOf('interrupted')}];
    expect(await verifyFiles(bundleOf(more), derive)).toMatchObject({
      ok: true,
      verified: {unsealed: ['transcripts/apply.1.log']},
    });
  });

  it('says nothing of the empty log of a step that said nothing', async () => {
    const more = [...payloadOf(), {path: 'transcripts/agree.1.log', bytes: bytesOf('')}];
    expect(await verifyFiles(bundleOf(more), derive)).toMatchObject({ok: true, verified: {unsealed: []}});
  });

  it('whose reports another version made is checked by hash, and says that nothing was made again', async () => {
    expect(await verifyFiles(bundleOf(), async () => undefined)).toMatchObject({
      ok: true,
      verified: {reportsRemade: false},
    });
  });
});

/** What a forger does who knows the format: everything around the change is made to fit it. */
const forgeries: readonly (readonly [string, readonly EvidenceFile[], BundleFault['code']])[] = [
  [
    'a byte of a transcript',
    replaced(bundleOf(), 'data/transcripts/smoke.1.log', (b) => flipped(b, 3)),
    'hash-differs',
  ],
  [
    'a byte of a transcript, with a new manifest',
    bundleOf(replaced(payloadOf(), 'transcripts/smoke.1.log', (b) => flipped(b, 3))),
    'artifact-differs',
  ],
  ['a file that is gone', bundleOf().filter(({path}) => path !== 'data/plan/runbook.yaml'), 'file-missing'],
  [
    'a sealed file that is gone, with a new manifest',
    bundleOf(payloadOf().filter(({path}) => path !== 'transcripts/smoke.1.log')),
    'file-missing',
  ],
  ['a file that nobody listed', [...bundleOf(), {path: 'data/note.txt', bytes: bytesOf('hello')}], 'file-unlisted'],
  ['a file beside the payload', [...bundleOf(), {path: 'note.txt', bytes: bytesOf('hello')}], 'file-unlisted'],
  [
    'another plan, with a new manifest',
    bundleOf(replaced(payloadOf(), 'plan/sql/apply/010.sql', () => bytesOf('DROP TABLE public.exam_results;\n'))),
    'plan-differs',
  ],
  [
    'another plan and its list, with a new manifest',
    bundleOf(replaced(payloadOf(), 'plan/plan.sha256', () => bytesOf(''))),
    'plan-differs',
  ],
  [
    'a file that slipped into the plan, with a new manifest',
    bundleOf([...payloadOf(), {path: 'plan/sql/apply/020.sql', bytes: bytesOf('SELECT 2;\n')}]),
    'plan-differs',
  ],
  [
    'a record that is gone, with a new manifest',
    bundleOf(
      replaced(payloadOf(), 'journal.ndjson', (b) =>
        bytesOf(new TextDecoder().decode(b).split('\n').toSpliced(3, 1).join('\n')),
      ),
    ),
    'journal-broken',
  ],
  [
    'two records that changed places, with a new manifest',
    bundleOf(
      replaced(payloadOf(), 'journal.ndjson', (b) => {
        const lines = new TextDecoder().decode(b).split('\n');
        return bytesOf([lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n'));
      }),
    ),
    'journal-broken',
  ],
  [
    'a journal without the end, with a new manifest and the old report',
    bundleOf(replaced(payloadOf(), 'journal.ndjson', () => journalOf(events.slice(0, -1)))),
    'report-differs',
  ],
  [
    'a report that says something else, with a new manifest',
    bundleOf(replaced(payloadOf(), 'results.json', () => bytesOf('completed and approved\n'))),
    'report-differs',
  ],
  [
    'a statement about other bytes, with a new manifest',
    bagOf(
      {identifier: 'r-small', date: '2026-11-24', software: 'x'},
      replaced(withStatement(payloadOf()), 'statement.json', (b) => flipped(b, b.byteLength - 90)),
    ),
    'report-differs',
  ],
  [
    'a description that counts otherwise',
    bagOf({identifier: 'r-small', date: '2026-11-24', software: 'x\nPayload-Oxum: 1.1'}, withStatement(payloadOf())),
    'description-differs',
  ],
];

describe('a forged bundle', () => {
  it.each(forgeries)('%s is found out', async (_what, files, code) => {
    expect((await faultOf(files))?.code).toBe(code);
  });

  it('with a journal that was written anew from its first line cannot be told without a signature', async () => {
    // Said out loud, so that nobody takes the chain for more than it is: this is what a signed head is for.
    const other = journalOf([events[0], ...events.slice(2)].filter((event) => event !== undefined));
    expect((await verifyFiles(bundleOf(payloadOf(other)), derive)).ok).toBe(true);
  });
});

type Mutant = Readonly<{how: string; bytes: Uint8Array}>;

/** One change of the archive's bytes, of any kind that a disk, a line or a hand makes. */
const mutantOf = (archive: Uint8Array, random: () => number): Mutant => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const at = below(archive.byteLength);
  const length = 1 + below(64);
  const cut = (from: number, to: number): Uint8Array =>
    Buffer.concat([archive.subarray(0, from), archive.subarray(to)]);
  switch (below(6)) {
    case 0:
      return {how: `bit ${at}`, bytes: flipped(archive, at, 1 << below(8))};
    case 1:
      return {how: `without ${length} from ${at}`, bytes: cut(at, Math.min(archive.byteLength, at + length))};
    case 2: {
      const more = Uint8Array.from({length}, () => below(256));
      return {
        how: `${length} more at ${at}`,
        bytes: Buffer.concat([archive.subarray(0, at), more, archive.subarray(at)]),
      };
    }
    case 3:
      return {how: `cut at ${at}`, bytes: archive.subarray(0, at)};
    case 4: {
      const from = below(archive.byteLength);
      const copy = Uint8Array.from(archive);
      copy.copyWithin(at, from, Math.min(archive.byteLength, from + length));
      return {how: `${length} of ${from} over ${at}`, bytes: copy};
    }
    default: {
      const copy = Uint8Array.from(archive);
      const other = below(archive.byteLength);
      [copy[at], copy[other]] = [copy[other] ?? 0, copy[at] ?? 0];
      return {how: `${at} and ${other} changed places`, bytes: copy};
    }
  }
};

// 10,000 take a minute; every run of the tests looks at other ones than the run before would, were the seed not fixed.
const mutants = process.env['LONG'] === '1' ? 10_000 : 600;

describe('a damaged archive', () => {
  it(`is refused, each of ${mutants} times`, async () => {
    const archive = await archiveOf('r-small-evidence', bundleOf());
    expect((await verifyArchive(archive, derive)).ok).toBe(true);
    const random = randomOf(20_261_124);
    const survivors: string[] = [];
    for (let nth = 0; nth < mutants; nth += 1) {
      const {how, bytes} = mutantOf(archive, random);
      if (Buffer.compare(bytes, archive) === 0) continue;
      if ((await verifyArchive(bytes, derive)).ok) survivors.push(how);
    }
    expect(survivors).toEqual([]);
  });

  it('with something after its end, or another name for its folder, is another archive', async () => {
    const archive = await archiveOf('r-small-evidence', bundleOf());
    const commented = Buffer.concat([archive, bytesOf('x')]);
    expect((await verifyArchive(commented, derive)).ok).toBe(false);
    // The folder's name is no evidence: a bundle may be called anything.
    expect((await verifyArchive(await archiveOf('other', bundleOf()), derive)).ok).toBe(true);
  });
});
