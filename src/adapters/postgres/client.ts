// A connected client: encryption tried as libpq would, and no wait, for an answer or for the end, that has no end itself.

import {readFileSync} from 'node:fs';
import {isIP} from 'node:net';
import {checkServerIdentity, type PeerCertificate} from 'node:tls';
import {Client, type ClientConfig} from 'pg';
import {reveal} from '../../core/secret.ts';
import {isSocket, type CompleteSettings} from './source.ts';

/** 10 s: a bastion on a bad line answers within that; a wrong address should not hold anybody for a minute. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * 10 s after the server's own limit: the server answers within its statement_timeout, except at COMMIT, which has none
 * when it waits for a standby. A line that swallows packets without a word would otherwise be waited on for ever.
 */
export const ANSWER_GRACE_MS = 10_000;
/** 2 s: the goodbye is a courtesy; a server that is gone will not answer it. */
const GOODBYE_MS = 2000;

/** Everything as text: a bigint, a numeric or a timestamp loses nothing on its way into the evidence. */
const asText = {getTypeParser: () => (value: string) => value} as unknown as NonNullable<ClientConfig['types']>;

/** 10 s of silence before the first question; the system's own default is two hours. */
const KEEP_ALIVE_MS = 10_000;

type Ssl = NonNullable<ClientConfig['ssl']>;

const isLoopback = ({host}: CompleteSettings): boolean => /^(localhost|127\.|::1$)/.test(host);

/** The authorities that count; undefined: those that Node brings (`sslrootcert=system`). */
const authorities = ({sslrootcert}: CompleteSettings): Readonly<{ca?: string}> =>
  sslrootcert === undefined || sslrootcert === 'system' ? {} : {ca: readFileSync(sslrootcert, 'utf8')};

const ownCertificate = ({sslcert, sslkey}: CompleteSettings): Readonly<{cert?: string; key?: string}> =>
  sslcert === undefined || sslkey === undefined
    ? {}
    : {cert: readFileSync(sslcert, 'utf8'), key: readFileSync(sslkey, 'utf8')};

/** As libpq: whom nobody has named as an authority proves nothing. */
const provenBy = (settings: CompleteSettings): ReturnType<typeof authorities> => {
  if (settings.sslrootcert !== undefined) return authorities(settings);
  throw new Error(`sslmode ${settings.sslmode} needs a root certificate: sslrootcert=FILE, or sslrootcert=system`);
};

/** The ways in which to try, in order, as libpq does for its sslmodes; on loopback plain first, since nobody listens in. */
const sslAttempts = (settings: CompleteSettings): readonly Ssl[] => {
  const own = ownCertificate(settings);
  const unverified = {rejectUnauthorized: false, ...own};
  // The server is called what the operator calls it, also where the line ends at another address.
  const servername = isIP(settings.host) === 0 ? {servername: settings.host} : {};
  const isIssued = (): readonly Ssl[] => [
    {rejectUnauthorized: true, checkServerIdentity: () => undefined, ...servername, ...own, ...provenBy(settings)},
  ];
  if (isSocket(settings)) return [false];
  switch (settings.sslmode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case undefined:
    case 'prefer':
      return isLoopback(settings) ? [false, unverified] : [unverified, false];
    case 'require':
      // libpq: with a root certificate at hand it is verify-ca.
      return settings.sslrootcert === undefined ? [unverified] : isIssued();
    case 'verify-ca':
      return isIssued();
    case 'verify-full':
      return [
        {
          rejectUnauthorized: true,
          checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
            checkServerIdentity(settings.host, certificate),
          ...servername,
          ...own,
          ...provenBy(settings),
        },
      ];
    default:
      // A misspelt mode must not mean that nothing is proven.
      throw new Error(`invalid sslmode value: "${settings.sslmode}"`);
  }
};

/** The server offers no encryption, or insists on it: worth another try. A wrong password is not. */
const wantsOtherSsl = (error: unknown): boolean =>
  /does not support SSL connections|no encryption|SSL off|SSL encryption/i.test(
    error instanceof Error ? error.message : '',
  );

/** A connected client that tries encryption in the order that libpq would. */
export const connectClient = async (settings: CompleteSettings, applicationName: string): Promise<Client> => {
  await settings.line?.ready();
  const attempts = sslAttempts(settings);
  for (const [at, ssl] of attempts.entries()) {
    const client = new Client(clientConfig(settings, applicationName, ssl));
    // Without a listener a connection that breaks between two queries would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      // No goodbye: pg waits for ever for the end of a connection that broke while it was being made.
      hangUp(client);
      if (at === attempts.length - 1 || !wantsOtherSsl(error)) throw error;
    }
  }
  throw new Error('no way to connect');
};

const clientConfig = (settings: CompleteSettings, applicationName: string, ssl: Ssl): ClientConfig => ({
  host: settings.line === undefined ? (settings.hostaddr ?? settings.host) : '127.0.0.1',
  port: settings.line?.port ?? settings.port,
  user: settings.user,
  database: settings.database,
  // Asked for only when the server wants one. Never left out: pg would look for one by itself, in other places.
  password: () => {
    if (settings.password === undefined) throw new Error('no password');
    return reveal(settings.password);
  },
  ssl,
  application_name: applicationName,
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  // For statements that set no limit of their own.
  query_timeout: ANSWER_GRACE_MS,
  types: asText,
});

type Socketed = Readonly<{connection: Readonly<{stream: Readonly<{destroy: () => void}>}>}>;

/** Ends the connection from our side, whatever the other side is doing. */
export const hangUp = (client: Client): void => (client as unknown as Socketed).connection.stream.destroy();

/** Says goodbye; hangs up when nobody answers. */
export const endClient = async (client: Client): Promise<void> => {
  const waiting = setTimeout(() => hangUp(client), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(waiting);
};
