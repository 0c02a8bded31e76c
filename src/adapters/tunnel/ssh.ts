// What ssh is told, and what it means by what it says.

import type {SshDestination, TunnelProblem} from '../../core/via.ts';

/**
 * A forward and nothing else. Nobody is asked anything: a password or an unknown host key is a refusal. The host's key must
 * be in known_hosts already; a connection that others share would not be ours to end.
 */
export const sshArgv = (
  {host, user, port}: SshDestination,
  localPort: number,
  to: Readonly<{host: string; port: number}>,
): readonly string[] => [
  'ssh',
  '-v',
  '-N',
  '-T',
  ...[
    'BatchMode=yes',
    'ExitOnForwardFailure=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'ConnectTimeout=10',
    // 15 s of silence: then the line is dead, and so is everything that went through it.
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ControlMaster=no',
    'ControlPath=none',
    'ForwardAgent=no',
    'ClearAllForwardings=no',
    'PermitLocalCommand=no',
    'GatewayPorts=no',
  ].flatMap((option) => ['-o', option]),
  ...(port === undefined ? [] : ['-p', `${port}`]),
  ...(user === undefined ? [] : ['-l', user]),
  '-L',
  `127.0.0.1:${localPort}:${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`,
  '--',
  host,
];

/** `debug1: Server host key: ssh-ed25519 SHA256:…`; through a jump host the last one is the bastion's. */
export const hostKeyIn = (line: string): string | undefined =>
  /^debug1: Server host key: (\S+ SHA256:\S+)/.exec(line)?.[1];

/** What -v adds for whoever debugs ssh itself. */
export const isChatter = (line: string): boolean =>
  /^(debug\d:|OpenSSH_|Authenticated to |Transferred: |Bytes per second: )/.test(line);

export const sshProblem = (said: readonly string[]): TunnelProblem => {
  const text = said.join('\n');
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(text)) return 'host-key-changed';
  if (/Host key verification failed|No .* host key is known/.test(text)) return 'host-key-unknown';
  if (/Permission denied|Too many authentication failures|no mutual signature/i.test(text)) return 'login-refused';
  if (/open failed|administratively prohibited|remote port forwarding failed/i.test(text)) return 'forward-refused';
  if (/^bind |Address already in use|cannot listen to port/m.test(text)) return 'port-taken';
  if (
    /Could not resolve|Connection (refused|timed out|reset|closed)|No route to host|unreachable|Operation timed out|banner exchange/i.test(
      text,
    )
  )
    return 'bastion-unreachable';
  return 'ended';
};
