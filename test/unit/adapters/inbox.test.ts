// Is an inbox read as what it is, files of strangers: nothing followed, nothing waited for, nothing believed by its name?

import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {sha256} from '../../../src/adapters/files.ts';
import {leaveWords} from '../../../src/adapters/inbox/leave-words.ts';
import {readInbox} from '../../../src/adapters/inbox/read-inbox.ts';
import {refusedNote} from '../../../src/adapters/inbox/refused.ts';
import {MOST_INBOX_BYTES, type InboxEntry} from '../../../src/core/inbox/inbox.ts';

const said = {en: 'no', ko: '아니요'};
const now = (): string => new Date().toISOString();
/** An hour from now everything that lies there is old. */
const later = (): string => new Date(Date.now() + 3_600_000).toISOString();
const signature = new TextEncoder().encode('a signature\n');

const run = () => {
  const path = mkdtempSync(join(tmpdir(), 'inbox-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  const inbox = readInbox(path, () => ({said, exit: 3}));
  const at = (...parts: readonly string[]): string => join(path, 'inbox', ...parts);
  const names = (): readonly string[] => (existsSync(at()) ? readdirSync(at()).toSorted() : []);
  return {path, inbox, at, names};
};

const leave = (path: string, text: string) => {
  const left = leaveWords(path, text, signature);
  if (!left.ok) throw new Error(left.message);
  return left;
};

const whyOf = (entry: InboxEntry | undefined): string | undefined =>
  entry?.kind === 'stray' ? entry.problem.why : entry?.kind;

test('words are left whole and private under the hash of their text, and read back byte for byte', () => {
  const {path, inbox, at, names} = run();
  expect(inbox.look(now())).toEqual([]);
  const left = leave(path, '가나다\n');
  expect(names()).toEqual([`${left.sha256}.sig`, `${left.sha256}.txt`]);
  expect(statSync(at()).mode & 0o777).toBe(0o700);
  for (const name of names()) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  const [entry] = inbox.look(now());
  expect(entry).toMatchObject({kind: 'words', sha256: sha256('가나다\n'), text: '가나다\n'});
  expect(entry?.kind === 'words' && Buffer.from(entry.signature).equals(signature)).toBe(true);
  // Left once more by an approver who was not answered: the same words.
  leave(path, '가나다\n');
  expect(inbox.look(now())).toHaveLength(1);
  inbox.taken(entry as InboxEntry);
  expect(names()).toEqual([]);
});

test('what is refused is moved aside with its reason, which the approver reads; left again it is looked at again', () => {
  const {path, inbox, at, names} = run();
  const {sha256: hash} = leave(path, 'text');
  const [entry] = inbox.look(now());
  inbox.refused(entry as InboxEntry, {why: 'refused', refusal: {code: 'run-closed'}});
  expect(names()).toEqual(['refused']);
  expect(readdirSync(at('refused')).toSorted()).toEqual([`${hash}.sig`, `${hash}.txt`, `${hash}.txt.json`]);
  expect(refusedNote(path, hash)).toMatchObject({said, exit: 3});
  leave(path, 'text');
  expect(refusedNote(path, hash)).toBeUndefined();
  expect(inbox.look(now()).map(whyOf)).toEqual(['words']);
});

const hash = sha256('text');
const whole = (at: (...parts: readonly string[]) => string): void => {
  writeFileSync(at(`${hash}.txt`), 'text', {mode: 0o600});
  writeFileSync(at(`${hash}.sig`), signature, {mode: 0o600});
};

test.each<readonly [string, string, (at: (...parts: readonly string[]) => string) => void]>([
  ['a name of nobody', 'foreign-name', (at) => writeFileSync(at('notes.txt'), 'x', {mode: 0o600})],
  ['a name that is nearly one', 'foreign-name', (at) => writeFileSync(at(`${hash}.txt.sig`), 'x', {mode: 0o600})],
  ['a name with a control character', 'foreign-name', (at) => writeFileSync(at('a\u001b[2Jb'), 'x')],
  ['a name as long as a name can be', 'foreign-name', (at) => writeFileSync(at('x'.repeat(255)), 'x')],
  ['a folder', 'foreign-name', (at) => mkdirSync(at('folder'))],
  [
    'a folder in place of the text',
    'not-a-file',
    (at) => {
      mkdirSync(at(`${hash}.txt`));
      writeFileSync(at(`${hash}.sig`), signature, {mode: 0o600});
    },
  ],
  [
    'a link to a text that would do',
    'not-a-file',
    (at) => {
      whole(at);
      writeFileSync(at('..', 'elsewhere'), 'text', {mode: 0o600});
      rmSync(at(`${hash}.txt`));
      symlinkSync(at('..', 'elsewhere'), at(`${hash}.txt`));
    },
  ],
  [
    'a pipe that nobody writes into',
    'not-a-file',
    (at) => {
      whole(at);
      rmSync(at(`${hash}.sig`));
      execFileSync('mkfifo', ['-m', '600', at(`${hash}.sig`)]);
    },
  ],
  [
    'one that others may write',
    'open-to-others',
    (at) => {
      whole(at);
      chmodSync(at(`${hash}.txt`), 0o620);
    },
  ],
  [
    'one that is too long',
    'too-large',
    (at) => {
      whole(at);
      writeFileSync(at(`${hash}.sig`), 'x'.repeat(MOST_INBOX_BYTES + 1));
    },
  ],
  [
    'another text than its name says',
    'other-content',
    (at) => {
      whole(at);
      writeFileSync(at(`${hash}.txt`), 'tex');
    },
  ],
  [
    'bytes that are no text',
    'other-content',
    (at) => {
      const bytes = Buffer.from([0xff, 0xfe, 0x00]);
      writeFileSync(at(`${sha256(bytes)}.txt`), bytes, {mode: 0o600});
      writeFileSync(at(`${sha256(bytes)}.sig`), signature, {mode: 0o600});
    },
  ],
])('%s is none: %s', (_, why, make) => {
  const {inbox, at, names} = run();
  mkdirSync(at(), {mode: 0o700});
  make(at);
  const entries = inbox.look(now());
  expect(entries.map(whyOf)).toEqual([why]);
  for (const entry of entries) if (entry.kind === 'stray') inbox.refused(entry, entry.problem);
  expect(names()).toEqual(['refused']);
  expect(inbox.look(later())).toEqual([]);
});

test('half of it is waited for, and is none once nobody can still be writing', () => {
  const {inbox, at, names} = run();
  mkdirSync(at(), {mode: 0o700});
  writeFileSync(at(`${hash}.txt`), 'text', {mode: 0o600});
  writeFileSync(at(`${hash}.sig.12-ab.partial`), 'a sig', {mode: 0o600});
  expect(inbox.look(now())).toEqual([]);
  const entries = inbox.look(later());
  expect(entries.map(whyOf)).toEqual(['half', 'half']);
  for (const entry of entries) if (entry.kind === 'stray') inbox.refused(entry, entry.problem);
  expect(names()).toEqual(['refused']);
});

test('what cannot be moved aside is told of once, and looked at again when it is another file', () => {
  const {inbox, at} = run();
  mkdirSync(at(), {mode: 0o700});
  // In place of the folder, so that nothing can be moved into it.
  writeFileSync(at('refused'), 'x', {mode: 0o600});
  const first = inbox.look(now());
  expect(first.map(whyOf)).toEqual(['foreign-name']);
  const [entry] = first;
  if (entry?.kind === 'stray') inbox.refused(entry, entry.problem);
  expect(inbox.look(now())).toEqual([]);
  utimesSync(at('refused'), 1, 1);
  expect(inbox.look(now()).map(whyOf)).toEqual(['foreign-name']);
});

test('behind a link lies the folder of somebody else, out of which nothing is taken and into which nothing is moved', () => {
  const {path, inbox, at} = run();
  const elsewhere = join(path, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'notes.txt'), 'x');
  symlinkSync(elsewhere, at());
  expect(inbox.look(later())).toEqual([]);
  rmSync(at());
  mkdirSync(at(), {mode: 0o700});
  symlinkSync(elsewhere, at('refused'));
  writeFileSync(at('stray'), 'x');
  for (const entry of inbox.look(now())) if (entry.kind === 'stray') inbox.refused(entry, entry.problem);
  expect(readdirSync(elsewhere)).toEqual(['notes.txt']);
});

test('a note that is none of ours, or a link in place of the inbox, is not believed', () => {
  const {path, at} = run();
  mkdirSync(at('refused'), {recursive: true});
  writeFileSync(at('refused', `${hash}.txt.json`), '{"v":1,"said":"yes"}');
  expect(refusedNote(path, hash)).toBeUndefined();
  writeFileSync(at('refused', `${hash}.txt.json`), '{');
  expect(refusedNote(path, hash)).toBeUndefined();
  rmSync(at(), {recursive: true});
  mkdirSync(join(path, 'elsewhere'));
  symlinkSync(join(path, 'elsewhere'), at());
  expect(leaveWords(path, 'text', signature)).toMatchObject({ok: false});
  expect(readdirSync(join(path, 'elsewhere'))).toEqual([]);
  rmSync(at());
  writeFileSync(at(), 'a file');
  expect(leaveWords(path, 'text', signature)).toMatchObject({ok: false});
  expect(readFileSync(at(), 'utf8')).toBe('a file');
});
