// Does a signature over a bundle say who stands by it, and does any other key, list or byte make it say nothing? Real keys,
// the real ssh-keygen and a real agent.

import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {sha256} from '../../src/adapters/files.ts';
import {verifyBundle} from '../../src/cli/verify-bundle.ts';
import {randomOf} from '../support/crash-random.ts';
import {createPlace, ensureBuilt, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {unpack} from '../support/unpack.ts';
import {archiveOf, bagOf, bundleOf, payloadOf, withSignature, withStatement} from '../unit/evidence/bundle.ts';

needs('ssh-keygen').describe('with ssh-keygen', () => {
  let folder: string;
  let place: Place;
  const at = (name: string): string => join(folder, name);
  const newKey = (name: string, passphrase = ''): string => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', `${name}@ops-1`, '-f', at(name)]);
    return at(name);
  };
  const publicKey = (name: string): string => readFileSync(at(`${name}.pub`), 'utf8');
  const allow = (name: string, ...lines: readonly string[]): string => {
    writeFileSync(at(name), lines.join(''));
    return at(name);
  };

  beforeAll(async () => {
    await ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'signature-'));
    for (const name of ['min', 'seo', 'stranger']) newKey(name);
    newKey('locked', 'a passphrase');
    writeFileSync(at('bundle.zip'), await archiveOf('r-small-evidence', bundleOf()));
  });

  beforeEach(() => {
    place = createPlace();
  });

  afterAll(() => rmSync(folder, {recursive: true, force: true}));

  const copy = (name: string): string => {
    cpSync(at('bundle.zip'), at(name));
    return at(name);
  };

  test('a bundle is signed, and verified against the list of signers, by this tool and by ssh-keygen alone', async () => {
    const bundle = copy('signed.zip');
    const signed = await place.command(['sign', bundle, '--key', at('min')]);
    expect({code: signed.code, stderr: signed.stderr}).toEqual({code: 0, stderr: ''});
    const signers = allow('signers', `min@ops-1 ${publicKey('min')}`);
    const verified = await place.command(['verify', bundle, '--allowed-signers', signers]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('signed by min@ops-1');
    await unpack(bundle, at('unpacked'));
    const root = join(at('unpacked'), 'r-small-evidence');
    const by = execFileSync(
      'ssh-keygen',
      ['-Y', 'verify', '-f', signers, '-I', 'min@ops-1', '-n', 'attempt-runbook', '-s', 'signatures/01.sig'],
      {cwd: root, input: readFileSync(join(root, 'tagmanifest-sha256.txt'))},
    );
    expect(by.toString()).toContain('Good "attempt-runbook" signature for min@ops-1');
    execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'tagmanifest-sha256.txt'], {cwd: root});
  });

  test('the statement is signed as well, in an envelope that base64 and ssh-keygen alone can check', async () => {
    const bundle = copy('stated.zip');
    expect((await place.command(['sign', bundle, '--key', at('min')])).code).toBe(0);
    await unpack(bundle, at('stated'));
    const root = join(at('stated'), 'r-small-evidence');
    const statement = readFileSync(join(root, 'data/statement.json'));
    const envelope = JSON.parse(readFileSync(join(root, 'signatures/01.intoto.json'), 'utf8'));
    expect(Buffer.from(envelope.payload, 'base64').equals(statement)).toBe(true);
    expect(envelope.payloadType).toBe('application/vnd.in-toto+json');
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', at('min.pub')], {encoding: 'utf8'}).split(' ')[1];
    expect(envelope.signatures).toEqual([{keyid: fingerprint, sig: expect.any(String)}]);
    writeFileSync(at('stated.sig'), Buffer.from(envelope.signatures[0].sig, 'base64'));
    const type = envelope.payloadType;
    const signed = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${statement.length} `), statement]);
    const signers = allow('stating', `min@ops-1 ${publicKey('min')}`);
    const args = ['-Y', 'verify', '-f', signers, '-I', 'min@ops-1', '-n', 'attempt-runbook', '-s', at('stated.sig')];
    expect(execFileSync('ssh-keygen', args, {input: signed, encoding: 'utf8'})).toContain('Good');
    const {_type, subject, predicate} = JSON.parse(statement.toString());
    expect(_type).toBe('https://in-toto.io/Statement/v1');
    expect(predicate).toMatchObject({run: 'r-small', complete: true, outcome: 'completed'});
    for (const {name, digest} of subject)
      expect(`${name} ${sha256(readFileSync(join(root, 'data', name)))}`).toBe(`${name} ${digest.sha256}`);
  });

  // A signature lies outside of every list: nothing but its own form and ssh-keygen keeps a byte of it in place.
  const damages = process.env['LONG'] === '1' ? 2000 : 16;

  test(`a damaged signature or envelope is refused, each of ${damages} times`, async () => {
    const bundle = copy('kept.zip');
    expect((await place.command(['sign', bundle, '--key', at('min')])).code).toBe(0);
    await unpack(bundle, at('kept'));
    const root = join(at('kept'), 'r-small-evidence');
    const random = randomOf(20_261_125);
    const survivors: string[] = [];
    for (let nth = 0; nth < damages; nth += 1) {
      const name = `signatures/01.${random() < 0.5 ? 'sig' : 'intoto.json'}`;
      const whole = readFileSync(join(root, name));
      const where = Math.floor(random() * whole.length);
      const kinds = [
        Buffer.from(whole.with(where, (whole[where] ?? 0) ^ (1 << Math.floor(random() * 8)))),
        Buffer.concat([whole.subarray(0, where), whole.subarray(where + 1)]),
        Buffer.concat([whole.subarray(0, where), Buffer.from('\n'), whole.subarray(where)]),
        Buffer.concat([whole, Buffer.from(' ')]),
      ];
      const kind = Math.floor(random() * kinds.length);
      writeFileSync(join(root, name), kinds[kind] ?? whole);
      const checked = await verifyBundle({path: root, env: process.env});
      if (checked.ok) survivors.push(`${name} ${kind} at ${where}`);
      writeFileSync(join(root, name), whole);
    }
    expect(survivors).toEqual([]);
    expect((await verifyBundle({path: root, env: process.env})).ok).toBe(true);
  });

  test('a signature whose lines are broken elsewhere is refused, although ssh-keygen takes it', async () => {
    const bundle = copy('wrapped.zip');
    expect((await place.command(['sign', bundle, '--key', at('min')])).code).toBe(0);
    await unpack(bundle, at('wrapped'));
    const root = join(at('wrapped'), 'r-small-evidence');
    const lines = readFileSync(join(root, 'signatures/01.sig'), 'utf8').split('\n');
    const body = lines.slice(1, -2).join('');
    const again = [lines[0], ...(body.match(/.{1,64}/g) ?? []), ...lines.slice(-2)].join('\n');
    writeFileSync(join(root, 'signatures/01.sig'), again);
    const input = readFileSync(join(root, 'tagmanifest-sha256.txt'));
    const args = ['-Y', 'check-novalidate', '-n', 'attempt-runbook', '-s', join(root, 'signatures/01.sig')];
    expect(execFileSync('ssh-keygen', args, {input, encoding: 'utf8'})).toContain('Good');
    const refused = await place.command(['verify', root]);
    expect({code: refused.code, stderr: refused.stderr}).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('signatures/01.sig'),
    });
  });

  test('a second person signs what the first has signed; both are named', async () => {
    const bundle = copy('two.zip');
    for (const name of ['min', 'seo']) expect((await place.command(['sign', bundle, '--key', at(name)])).code).toBe(0);
    const signers = allow('both', `min@ops-1 ${publicKey('min')}`, `seo@ops-1 ${publicKey('seo')}`);
    const {stdout} = await place.command(['verify', bundle, '--allowed-signers', signers, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      signedBy: [
        {file: 'signatures/01.sig', status: 'good', principal: 'min@ops-1'},
        {file: 'signatures/02.sig', status: 'good', principal: 'seo@ops-1'},
      ],
    });
  });

  test('a key that the list does not have is no proof: 65 with a list, a remark without one', async () => {
    const bundle = copy('stranger.zip');
    expect((await place.command(['sign', bundle, '--key', at('stranger')])).code).toBe(0);
    const signers = allow('others', `min@ops-1 ${publicKey('min')}`);
    const refused = await place.command(['verify', bundle, '--allowed-signers', signers]);
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain('list of signers');
    const remarked = await place.command(['verify', bundle]);
    expect(remarked.code).toBe(0);
    expect(remarked.stdout).toMatch(/^! signed by a key .*SHA256:/m);
  });

  test('a key whose time on the list is over, or that is listed for something else, is no proof', async () => {
    const bundle = copy('expired.zip');
    expect((await place.command(['sign', bundle, '--key', at('min')])).code).toBe(0);
    for (const [name, option] of [
      ['expired', 'valid-before="20200101"'],
      ['elsewhere', 'namespaces="git"'],
    ] as const) {
      const signers = allow(name, `min@ops-1 ${option} ${publicKey('min')}`);
      expect((await place.command(['verify', bundle, '--allowed-signers', signers])).code).toBe(65);
    }
  });

  test('a signature of another bundle, or for another use, is refused by name', async () => {
    const forged = async (namespace: string, over: string): Promise<string> => {
      writeFileSync(at('over'), over);
      rmSync(at('over.sig'), {force: true});
      execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', at('min'), '-n', namespace, at('over')]);
      const info = {identifier: 'r-small', date: '2026-11-24', software: 'x'};
      const files = withSignature(bagOf(info, withStatement(payloadOf())), readFileSync(at('over.sig')));
      writeFileSync(at('forged.zip'), await archiveOf('r-small-evidence', files));
      return at('forged.zip');
    };
    const manifest = new TextDecoder().decode(
      bagOf({identifier: 'r-small', date: '2026-11-24', software: 'x'}, withStatement(payloadOf())).find(
        ({path}) => path === 'tagmanifest-sha256.txt',
      )?.bytes,
    );
    for (const [namespace, over] of [
      ['git', manifest],
      ['attempt-runbook', `${manifest} `],
    ] as const) {
      const refused = await place.command(['verify', await forged(namespace, over)]);
      expect(refused.code).toBe(65);
      expect(refused.stderr).toContain('signatures/01.sig');
    }
  });

  test.each(['en', 'ko'])(
    'a key with a passphrase, no agent and no terminal: a clear sentence, and no signature (%s)',
    async (lang) => {
      const bundle = copy('locked.zip');
      const refused = await place.command(['sign', bundle, '--key', at('locked'), '--lang', lang]);
      expect(refused.code).toBe(64);
      expect(refused.stderr).toContain('ssh-add');
      expect(readFileSync(bundle)).toEqual(readFileSync(at('bundle.zip')));
    },
  );

  test('an agent signs for a public key; without it the sentence says so', async () => {
    const bundle = copy('agent.zip');
    const without = await place.command(['sign', bundle, '--key', at('min.pub')]);
    // A private key beside the public one is found by ssh-keygen itself; a lone public key needs the agent.
    expect(without.code).toBe(0);
    cpSync(at('seo.pub'), at('lone.pub'));
    const alone = await place.command(['sign', bundle, '--key', at('lone.pub')]);
    expect(alone.code).toBe(64);
    expect(alone.stderr).toContain('ssh-add');
    const socket = at('agent.sock');
    const agent = execFileSync('ssh-agent', ['-a', socket], {encoding: 'utf8'});
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(agent)?.[1]);
    try {
      execFileSync('ssh-add', ['-q', at('seo')], {env: {...process.env, SSH_AUTH_SOCK: socket}});
      const byAgent = await place.command(['sign', bundle, '--key', at('lone.pub')], {env: {SSH_AUTH_SOCK: socket}});
      expect({code: byAgent.code, stderr: byAgent.stderr}).toEqual({code: 0, stderr: ''});
    } finally {
      process.kill(pid);
    }
  });

  test('nobody signs a bundle that is not whole, or with a key that is not there', async () => {
    const bundle = copy('broken.zip');
    const bytes = readFileSync(bundle);
    bytes[400] = (bytes[400] ?? 0) ^ 1;
    writeFileSync(bundle, bytes);
    expect((await place.command(['sign', bundle, '--key', at('min')])).code).toBe(65);
    expect(readFileSync(bundle)).toEqual(bytes);
    const nothing = await place.command(['sign', copy('whole.zip'), '--key', at('nothing')]);
    expect(nothing.code).toBe(64);
    expect(nothing.stderr).toContain(at('nothing'));
    expect(existsSync(at('whole.zip.partial'))).toBe(false);
  });
});
