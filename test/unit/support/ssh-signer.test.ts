// Is what the tests sign with Node an SSH signature: for the real ssh-keygen, for the product's own reader, and for nobody once bent?

import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {NAMESPACE} from '../../../src/core/signing.ts';
import {readArmour} from '../../../src/evidence/armour.ts';
import {needs} from '../../support/needs.ts';
import {checkBy, newSigner} from '../../support/ssh-signer.ts';

const text = 'what is signed\n';
const lee = newSigner('lee@desk');
const park = newSigner('park@desk');
const list = `lee ${lee.publicKey}\npark ${park.publicKey}\n`;

needs('ssh-keygen').test('ssh-keygen verifies it, and names the key as it is named here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signer-'));
  onTestFinished(() => rmSync(folder, {recursive: true}));
  const at = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const args = ['-Y', 'verify', '-f', at('list', list), '-I', 'lee', '-n', NAMESPACE, '-s', at('sig', lee.sign(text))];
  const said = execFileSync('ssh-keygen', args, {input: text, encoding: 'utf8'});
  expect(said).toContain(`Good "${NAMESPACE}" signature for lee with ED25519 key ${lee.fingerprint}`);
  const listed = execFileSync('ssh-keygen', ['-lf', at('lee.pub', `${lee.publicKey}\n`)], {encoding: 'utf8'});
  expect(listed).toContain(`${lee.fingerprint} lee@desk (ED25519)`);
});

describe('a signature', () => {
  test('is written the one way that the product takes', () => {
    expect(readArmour(lee.sign(text), NAMESPACE)).toEqual({ok: true, keyId: lee.fingerprint});
    expect(readArmour(lee.sign(text, 'git'), NAMESPACE)).toMatchObject({ok: false, detail: 'namespace git'});
    const wrapped = Buffer.from(lee.sign(text))
      .toString()
      .replace(/\n(.{30})/, '\n$1\n');
    expect(readArmour(Buffer.from(wrapped), NAMESPACE)).toMatchObject({ok: false});
  });

  test('is good for whoever is listed with its key, and for this text and use alone', () => {
    const {fingerprint: key} = lee;
    expect(checkBy(text, lee.sign(text), list)).toEqual({status: 'good', key, principals: ['lee']});
    expect(checkBy(text, lee.sign(text), undefined)).toEqual({status: 'no-list', key});
    expect(checkBy(text, lee.sign(text), `park ${park.publicKey}\n`)).toEqual({status: 'not-listed', key});
    expect(checkBy(`${text} `, lee.sign(text), list)).toMatchObject({status: 'bad'});
    expect(checkBy(text, lee.sign(text, 'git'), list)).toMatchObject({status: 'bad'});
  });
});
