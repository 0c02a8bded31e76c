// What does Amazon RDS answer about snapshots? A local server that speaks the query protocol that the real aws asks with.

import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

export type Rds = Readonly<{
  endpoint: string;
  env: Readonly<Record<string, string>>;
  /** The names under which snapshots were made, in order. */
  created: readonly string[];
  /** Every action that was asked for, in order. */
  actions: readonly string[];
}>;

export const secretKey = 'wJalrXUtnFEMI0K7MDENG0bPxRfiCYEXAMPLEKEY';

const xml = (action: string, inner: string): string =>
  `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;

const error = (code: string): string =>
  `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

/** @param statuses what the snapshot is each time it is asked for after it was made; the last one stays. */
export const startRds = async (statuses: readonly string[], refusal?: string): Promise<Rds> => {
  const created: string[] = [];
  const actions: string[] = [];
  let instance = '';
  let looks = 0;
  const snapshot = (name: string, status: string): string =>
    `<DBSnapshotIdentifier>${name}</DBSnapshotIdentifier><DBSnapshotArn>arn:aws:rds:x:1:snapshot:${name}</DBSnapshotArn><DBInstanceIdentifier>${instance}</DBInstanceIdentifier><Status>${status}</Status><PercentProgress>${status === 'available' ? 100 : 41}</PercentProgress><SnapshotCreateTime>2025-11-21T17:02:11.000Z</SnapshotCreateTime>`;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const asked = new URLSearchParams(body);
      const action = asked.get('Action') ?? '';
      const name = asked.get('DBSnapshotIdentifier') ?? '';
      actions.push(action);
      response.setHeader('content-type', 'text/xml');
      const refuse = (status: number, code: string): void => {
        response.statusCode = status;
        response.end(error(code));
      };
      if (refusal !== undefined) return refuse(403, refusal);
      if (action === 'CreateDBSnapshot') {
        if (created.includes(name)) return refuse(400, 'DBSnapshotAlreadyExists');
        created.push(name);
        instance = asked.get('DBInstanceIdentifier') ?? '';
        return response.end(xml(action, `<DBSnapshot>${snapshot(name, 'creating')}</DBSnapshot>`));
      }
      if (!created.includes(name)) return refuse(404, 'DBSnapshotNotFound');
      const status = statuses[Math.min(looks, statuses.length - 1)] ?? 'available';
      looks += 1;
      return response.end(xml(action, `<DBSnapshots><DBSnapshot>${snapshot(name, status)}</DBSnapshot></DBSnapshots>`));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    env: {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_DEFAULT_REGION: 'ap-northeast-2',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      HOME: '/nonexistent',
    },
    created,
    actions,
  };
};
