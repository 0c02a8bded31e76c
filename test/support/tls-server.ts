// How does a test get a PostgreSQL server that listens on loopback, wants a password, and proves who it is?

import {spawnSync} from 'node:child_process';
import {appendFileSync, chmodSync, chownSync, mkdtempSync, statSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Client} from 'pg';
import {dataIn} from '../../src/adapters/embedded/directory.ts';
import {stopPostmaster} from '../../src/adapters/embedded/postmaster.ts';
import {reattachEmbeddedServer} from '../../src/adapters/embedded/server.ts';
import {startSecondCluster, type SecondCluster} from './second-cluster.ts';

export type TlsServer = SecondCluster &
  Readonly<{
    /** An address of 127/8 that nobody else has: the port is the usual one. */
    host: string;
    port: number;
    /** A role with a password that is not easy to write down. */
    user: string;
    password: string;
    /** The name in the server's certificate, beside its address. */
    name: string;
    root: string;
    /** An authority that has signed nothing here. */
    otherRoot: string;
  }>;

const openssl = (folder: string, words: string): void => {
  const ran = spawnSync('openssl', words.split(' '), {cwd: folder, encoding: 'utf8'});
  if (ran.status !== 0) throw new Error(`openssl ${words}: ${ran.stderr}`);
};

const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';

const authority = (folder: string, name: string): void =>
  openssl(folder, `req -x509 ${NEW_KEY} -days 2 -keyout ${name}.key -out ${name}.crt -subj /CN=${name}`);

const certificate = (folder: string, names: string): void => {
  writeFileSync(join(folder, 'names'), `subjectAltName=${names}\n`);
  openssl(folder, `req -new ${NEW_KEY} -keyout server.key -out server.csr -subj /CN=server`);
  const signed = '-CA root.crt -CAkey root.key -days 2 -set_serial 7 -extfile names -out server.crt';
  openssl(folder, `x509 -req -in server.csr ${signed}`);
};

const byte = (): number => 1 + Math.floor(Math.random() * 250);

/** Listens beside its socket: encrypted with a password for `deployer`, on the socket by trust as before. */
export const startTlsServer = async (whenDone: (end: () => Promise<void>) => void): Promise<TlsServer> => {
  const cluster = await startSecondCluster(whenDone);
  const {record} = cluster;
  const folder = mkdtempSync(join(tmpdir(), 'art-'));
  whenDone(() => rm(folder, {recursive: true, force: true}));
  const [host, name] = [`127.${byte()}.${byte()}.${byte()}`, 'db.test'];
  const [user, password] = ['deployer', 'p:a\\ss%word'];
  authority(folder, 'root');
  authority(folder, 'other');
  certificate(folder, `DNS:${name},IP:${host}`);
  const data = dataIn(record.directory);
  await stopPostmaster(record.postmasterPid);
  const {uid, gid} = statSync(data);
  for (const file of ['server.key', 'server.crt']) {
    const path = join(data, file);
    writeFileSync(path, spawnSync('cat', [join(folder, file)]).stdout);
    chownSync(path, uid, gid);
    chmodSync(path, 0o600);
  }
  appendFileSync(
    join(data, 'postgresql.conf'),
    `listen_addresses = '${host}'\nssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n`,
  );
  writeFileSync(
    join(data, 'pg_hba.conf'),
    `local all all trust\nhostssl all ${user} 127.0.0.0/8 scram-sha-256\nhostnossl all plain 127.0.0.0/8 trust\n`,
  );
  const again = await reattachEmbeddedServer(record);
  if (!again.ok) throw new Error(JSON.stringify(again.problem));
  const admin = new Client({host: record.socketDirectory, port: record.port, user: record.user, database: 'postgres'});
  await admin.connect();
  const literal = admin.escapeLiteral(password);
  await admin.query(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD ${literal}; CREATE ROLE plain LOGIN`);
  await admin.end();
  const root = join(folder, 'root.crt');
  return {...cluster, host, port: record.port, user, password, name, root, otherRoot: join(folder, 'other.crt')};
};
