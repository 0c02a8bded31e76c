// How does a test get a bastion: a real sshd on loopback with keys, users and rules of its own?

import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {freePort} from '../../src/adapters/tunnel/answer.ts';

const PROGRAM = '/usr/sbin/sshd';
/** sshd refuses to run under a relative name, and as root wants its folder for privilege separation. */

export type Bastion = Readonly<{
  destination: string;
  port: number;
  /** A PATH that finds an ssh of the test's own known_hosts and key first. */
  env: Readonly<Record<string, string>>;
  /** Replaces what the client knows of hosts; '' forgets all. */
  known: (hosts: string) => void;
  /** The line of known_hosts that is true. */
  truth: string;
  /** As ssh shows it. */
  fingerprint: string;
  useKey: (which: 'right' | 'wrong') => void;
  /** Ends the listener and every connection through it. */
  die: () => Promise<void>;
  start: () => Promise<void>;
}>;

const run = (program: string, args: readonly string[]): string => {
  const ran = spawnSync(program, args, {encoding: 'utf8'});
  if (ran.status !== 0) throw new Error(`${program}: ${ran.stderr}`);
  return ran.stdout;
};

const keyPair = (path: string): string => {
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  return run('cat', [`${path}.pub`]).trim();
};

export const startBastion = async (options: Readonly<{permitOpen?: string}> = {}): Promise<Bastion> => {
  const folder = mkdtempSync('/tmp/arb-');
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  const port = await freePort();
  const user = userInfo().username;
  const hostKey = keyPair(at('host'));
  writeFileSync(at('authorized'), `${keyPair(at('right'))}\n`, {mode: 0o600});
  keyPair(at('wrong'));
  if (userInfo().uid === 0) mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
  const [type = '', body = ''] = hostKey.split(' ');
  const truth = `[127.0.0.1]:${port} ${type} ${body}\n`;
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('authorized')}`,
      `PidFile ${at('pid')}`,
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      'AllowTcpForwarding local',
      `PermitOpen ${options.permitOpen ?? 'any'}`,
      'ForceCommand /bin/false',
      '',
    ].join('\n'),
  );
  const useKey = (which: 'right' | 'wrong'): void =>
    writeFileSync(
      at('ssh_config'),
      `IdentityFile ${at(which)}\nIdentitiesOnly yes\nIdentityAgent none\nUserKnownHostsFile ${at('known')}\nGlobalKnownHostsFile none\n`,
    );
  const known = (hosts: string): void => writeFileSync(at('known'), hosts);
  useKey('right');
  known(truth);
  mkdirSync(at('bin'));
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('ssh_config')} "$@"\n`, {mode: 0o755});
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn(PROGRAM, ['-D', '-e', '-f', at('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      let said = '';
      server?.stderr?.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (said.includes('Server listening')) resolve();
      });
      server?.once('exit', () => reject(new Error(`sshd: ${said}`)));
    });
  };
  const die = async (): Promise<void> => {
    const {pid} = server ?? {};
    if (pid === undefined || server?.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server?.once('exit', resolve));
    // Each connection is a child with a session of its own.
    const children = spawnSync('ps', ['-eo', 'pid=,ppid='], {encoding: 'utf8'}).stdout;
    const below = (parent: number): readonly number[] =>
      children
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number))
        .filter(([, of]) => of === parent)
        .flatMap(([child = 0]) => [child, ...below(child)]);
    for (const child of [...below(pid), pid]) {
      try {
        process.kill(child, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
    await gone;
  };
  onTestFinished(async () => {
    await die();
    rmSync(folder, {recursive: true, force: true});
  });
  await start();
  return {
    destination: `${user}@127.0.0.1:${port}`,
    port,
    env: {PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`},
    known,
    truth,
    fingerprint: run('ssh-keygen', ['-lf', at('host.pub')]).split(' ')[1] ?? '',
    useKey,
    die,
    start,
  };
};
