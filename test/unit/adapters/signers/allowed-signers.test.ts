// Is a list of signers read as ssh-keygen reads it: who counts, who does not, and what is no line at all?

import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {listedSigners} from '../../../../src/adapters/signers/allowed-signers.ts';
import {operatorSigners} from '../../../../src/adapters/signers/read-signers.ts';
import {keysIn, type Keys} from '../../../support/approval-run.ts';
import {needs} from '../../../support/needs.ts';
import {newSigner} from '../../../support/ssh-signer.ts';

const at = '2026-06-01T00:00:00.000Z';
const lee = newSigner('lee');

/** Each as the middle line of a list; `%` is the key. */
const lines: readonly (readonly [string, readonly string[] | string])[] = [
  ['lee@example.org %', ['lee@example.org']],
  ['  lee@example.org   %', ['lee@example.org']],
  ['"lee@example.org,lee" %', ['lee@example.org', 'lee']],
  ['lee@example.org valid-before="20200101" %', 'expired'],
  ['lee@example.org valid-before=20200101Z %', 'malformed'],
  ['lee@example.org valid-after="20200101",valid-before="20990101" %', ['lee@example.org']],
  ['lee@example.org valid-after="20990101" %', 'not-yet'],
  ['lee@example.org valid-after="soon" %', 'malformed'],
  ['lee@example.org namespaces="git" %', 'other-namespace'],
  ['lee@example.org NAMESPACES="git,attempt-*" %', ['lee@example.org']],
  ['lee@example.org namespaces="!attempt-runbook,*" %', 'other-namespace'],
  ['lee@example.org cert-authority %', 'authority'],
  ['lee@example.org no-touch-required %', 'malformed'],
  ['*@example.org %', 'pattern'],
  ['lee@example.org ssh-ed25519 AAAA', 'malformed'],
  ['lee@example.org ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA', 'malformed'],
  ['rubbish', 'malformed'],
];

const withKey = (line: string, key: string): string => line.replace('%', key);

test.each(lines)('%s', (line, expected) => {
  const read = listedSigners(`# who approves\n\n${withKey(line, lee.publicKey)}\n`, at);
  if (typeof expected === 'string') expect(read).toEqual({keys: [], uncounted: [{line: 3, because: expected}]});
  else expect(read).toEqual({keys: [{principals: expected, key: lee.fingerprint}], uncounted: []});
});

test('a time without a zone is the time of this machine, to the minute or the second', () => {
  const until = (time: string, now: string): number =>
    listedSigners(`lee valid-before="${time}" ${lee.publicKey}\n`, now).keys.length;
  expect(until('202606010200Z', '2026-06-01T01:59:59.000Z')).toBe(1);
  expect(until('202606010200Z', '2026-06-01T02:00:01.000Z')).toBe(0);
  expect(until('20260601020030Z', '2026-06-01T02:00:29.000Z')).toBe(1);
});

test('a list that is not there, or is a folder, is said to be so; none that was named is none', () => {
  expect(operatorSigners(undefined, at)).toEqual({list: 'none'});
  expect(operatorSigners('/nowhere/approvers', at)).toMatchObject({list: 'operator', ok: false});
  expect(operatorSigners(tmpdir(), at)).toMatchObject({list: 'operator', place: tmpdir(), ok: false});
});

needs('ssh-keygen').describe('beside ssh-keygen', () => {
  let keys: Keys;
  beforeAll(() => {
    keys = keysIn(mkdtempSync(join(tmpdir(), 'signers-')));
    keys.key('lee');
    writeFileSync(join(keys.folder, 'text'), 'text\n');
    keys.sign(join(keys.folder, 'text'), 'lee');
  });
  afterAll(() => rmSync(keys.folder, {recursive: true, force: true}));

  test.each(lines.filter(([, expected]) => expected !== 'pattern'))('it says the same of %s', (line, expected) => {
    const key = keys.publicKey('lee').split(' ').slice(0, 2).join(' ');
    const list = join(keys.folder, 'list');
    writeFileSync(list, `rubbish before\n${withKey(line, key)}\nrubbish after\n`);
    const text = join(keys.folder, 'text');
    const args = ['-f', list, '-s', `${text}.sig`, '-n', 'attempt-runbook'];
    const found = spawnSync('ssh-keygen', ['-Y', 'find-principals', ...args], {encoding: 'utf8'});
    const [principal = ''] = found.stdout.split('\n');
    const verified = spawnSync('ssh-keygen', ['-Y', 'verify', ...args, '-I', principal], {input: 'text\n'});
    expect(found.status === 0 && verified.status === 0).toBe(typeof expected !== 'string');
  });

  test('and gives a key the same fingerprint', () => {
    const [, fingerprint] = execFileSync('ssh-keygen', ['-lf', join(keys.folder, 'lee.pub')], {encoding: 'utf8'}).split(
      ' ',
    );
    expect(listedSigners(`lee ${keys.publicKey('lee')}`, at).keys).toEqual([{principals: ['lee'], key: fingerprint}]);
  });
});
