// How a database is reached that cannot be reached directly: through a bastion, or through a program that forwards.

/** Where a forwarder stands: `user@bastion:22`, or a name of ~/.ssh/config. */
export type SshDestination = Readonly<{host: string; user?: string; port?: number}>;

export type Via =
  | Readonly<{kind: 'ssh'; to: SshDestination}>
  /** A program that listens on `port` of this machine and forwards to the database, such as the Cloud SQL proxy. */
  | Readonly<{kind: 'command'; command: readonly string[]; port: number}>;

/** As a runbook declares it. */
export type DeclaredVia = Readonly<{ssh: string}> | Readonly<{command: readonly string[]; port: number}>;

/** What a run keeps of the way: what was started, and whose key the bastion had. */
export type ViaRecord = Readonly<{
  kind: Via['kind'];
  /** `ssh deploy@bastion:22`, or the program's name. */
  name: string;
  argv: readonly string[];
  /** `ssh-ed25519 SHA256:…`, as ssh checked it against known_hosts. */
  hostKey?: string;
}>;

export type TunnelProblem =
  | 'program-missing'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'login-refused'
  | 'bastion-unreachable'
  /** The bastion does not forward to the database, or nobody answers there. */
  | 'forward-refused'
  /** Somebody else listens on the port that the program was to have. */
  | 'port-taken'
  /** It runs, and no PostgreSQL answers through it. */
  | 'no-answer'
  | 'socket-impossible'
  | 'ended';

// A name that begins with a hyphen would be an option of ssh.
export const SSH_DESTINATION =
  /^(?:([\w.+][\w.+-]*)@)?(?:\[([\da-fA-F:.]+)\]|([\w][\w.-]*)|([\da-fA-F]*:[\da-fA-F:.]+))(?::(\d{1,5}))?$/;

export const sshDestination = (text: string): SshDestination | undefined => {
  const match = SSH_DESTINATION.exec(text);
  if (match === null) return undefined;
  const [, user, bracketed, name, bare, port] = match;
  const host = bracketed ?? name ?? bare;
  const number = port === undefined ? undefined : Number(port);
  if (host === undefined || (number !== undefined && (number < 1 || number > 65_535))) return undefined;
  return {host, ...(user === undefined ? {} : {user}), ...(number === undefined ? {} : {port: number})};
};

const destinationText = ({host, user, port}: SshDestination): string => {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${shown}${port === undefined ? '' : `:${port}`}`;
};

export const viaName = (via: Via): string =>
  via.kind === 'ssh' ? `ssh ${destinationText(via.to)}` : (via.command[0]?.split('/').at(-1) ?? '');

/** @returns undefined for an ssh destination that ssh would not take for one. */
export const declaredVia = (declared: DeclaredVia): Via | undefined => {
  if ('command' in declared) return {kind: 'command', ...declared};
  const to = sshDestination(declared.ssh);
  return to === undefined ? undefined : {kind: 'ssh', to};
};
