// Does a timestamp of a signature come from whoever the operator asks, and is it believed only by the authority's certificate?
// A real authority of the test's own: openssl ts.

import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createPlace, ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {archiveOf, bundleOf} from '../unit/evidence/bundle.ts';

needs('openssl', 'ssh-keygen').describe('with openssl and ssh-keygen', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  const authority = (name: string): void => {
    const config = `[req]\ndistinguished_name = dn\nx509_extensions = v3\nprompt = no\n[dn]\nCN = ${name}\n[v3]\nextendedKeyUsage = critical,timeStamping\n[tsa]\ndefault_tsa = own\n[own]\nserial = ${at(`${name}.serial`)}\nsigner_cert = ${at(`${name}.pem`)}\nsigner_key = ${at(`${name}.key`)}\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\n`;
    writeFileSync(at(`${name}.cnf`), config);
    writeFileSync(at(`${name}.serial`), '01\n');
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-config', at(`${name}.cnf`)];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files], {
      stdio: 'ignore',
    });
    const query = `openssl ts -query -digest "$1" -sha256 -cert -out '${at(`${name}.tsq`)}'`;
    const reply = `openssl ts -reply -queryfile '${at(`${name}.tsq`)}' -config '${at(`${name}.cnf`)}'`;
    writeFileSync(at(`${name}.sh`), `#!/bin/sh\n${query} 2>/dev/null && ${reply} 2>/dev/null\n`);
    chmodSync(at(`${name}.sh`), 0o755);
  };

  beforeAll(async () => {
    await ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'timestamp-'));
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('min')]);
    for (const name of ['ours', 'other']) authority(name);
    writeFileSync(at('bundle.zip'), await archiveOf('r-small-evidence', bundleOf()));
  });
  afterAll(() => rmSync(folder, {recursive: true, force: true}));

  test('a signature is timestamped, and the timestamp counts only by the certificate of its authority', async () => {
    const place = createPlace();
    const bundle = at('stamped.zip');
    cpSync(at('bundle.zip'), bundle);
    const signed = await place.command(['sign', bundle, '--key', at('min'), '--timestamp-command', at('ours.sh')]);
    expect({code: signed.code, stderr: signed.stderr}).toEqual({code: 0, stderr: ''});
    const unchecked = await place.command(['verify', bundle]);
    expect(unchecked).toMatchObject({code: 0, stdout: expect.stringContaining('--tsa-ca')});
    const checked = await place.command(['verify', bundle, '--json', '--tsa-ca', at('ours.pem')]);
    expect(JSON.parse(checked.stdout)).toMatchObject({ok: true, signedBy: [{timestamp: 'good'}]});
    const other = await place.command(['verify', bundle, '--tsa-ca', at('other.pem')]);
    expect(other).toMatchObject({code: 65, stderr: expect.stringContaining('signatures/01.tsr')});
  });

  test.each(['en', 'ko'])('an authority that does not answer leaves no signature, and is named (%s)', async (lang) => {
    const bundle = at('silent.zip');
    cpSync(at('bundle.zip'), bundle);
    const args = ['sign', bundle, '--key', at('min'), '--timestamp-command', 'false', '--lang', lang];
    const refused = await createPlace().command(args);
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain('false');
    expect(readFileSync(bundle).equals(readFileSync(at('bundle.zip')))).toBe(true);
  });
});
