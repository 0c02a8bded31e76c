// A connected client: encryption tried as libpq would, and no wait, for an answer or for the end, that has no end itself.

import {readFileSync} from 'node:fs';
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

/** The ways in which to try, in order, as libpq does for its sslmodes; on loopback plain first, since nobody listens in. */
const sslAttempts = (settings: CompleteSettings): readonly Ssl[] => {
  const {sslmode, sslrootcert} = settings;
  const ca = sslrootcert === undefined ? {} : {ca: readFileSync(sslrootcert, 'utf8')};
  const unverified = {rejectUnauthorized: false, ...ca};
  if (isSocket(settings)) return [false];
  switch (sslmode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case undefined:
    case 'prefer':
      return isLoopback(settings) ? [false, unverified] : [unverified, false];
    case 'verify-ca':
      return [{rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca}];
    case 'verify-full':
      return [{rejectUnauthorized: true, ...ca}];
    default:
      return [unverified];
  }
};

/** The server offers no encryption, or insists on it: worth another try. A wrong password is not. */
const wantsOtherSsl = (error: unknown): boolean =>
  /does not support SSL connections|no encryption|SSL off|SSL encryption/i.test(
    error instanceof Error ? error.message : '',
  );

/** A connected client that tries encryption in the order that libpq would. */
export const connectClient = async (settings: CompleteSettings, applicationName: string): Promise<Client> => {
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
  host: settings.host,
  port: settings.port,
  user: settings.user,
  database: settings.database,
  ...(settings.password === undefined ? {} : {password: reveal(settings.password)}),
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
