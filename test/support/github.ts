// What does GitHub answer? A local server that speaks as much of GitHub Enterprise's GraphQL as the real gh asks for.

import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {temporaryFolder} from './run.ts';

export type CheckRun = Readonly<{name: string; status: string; conclusion: string; startedAt?: string}>;

export type PullRequestState = Readonly<{
  state: 'OPEN' | 'CLOSED' | 'MERGED';
  mergeCommit?: string;
  checks: readonly CheckRun[];
}>;

export type GitHub = AsyncDisposable &
  Readonly<{
    /** `localhost:port/acme/seedtest`, for --repo. */
    repository: string;
    /** What gh needs to log in and to trust the server. */
    env: Readonly<Record<string, string>>;
    /** The bodies of what was asked. */
    asked: readonly string[];
    /** Answers everything from now on with this status and nothing else. */
    refuse: (status: number) => void;
  }>;

export const token = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';

const body = ({state, mergeCommit, checks}: PullRequestState): string =>
  JSON.stringify({
    data: {
      repository: {
        pullRequest: {
          id: 'PR_73',
          number: 73,
          state,
          title: 'attempt VIEW V1',
          url: 'https://localhost/acme/seedtest/pull/73',
          mergedAt: state === 'MERGED' ? '2025-11-01T07:12:00Z' : null,
          mergeCommit: mergeCommit === undefined ? null : {oid: mergeCommit},
          baseRefName: 'main',
          headRefOid: 'f00dfeedf00dfeedf00dfeedf00dfeedf00dfeed',
          statusCheckRollup: {
            nodes: [
              {
                commit: {
                  statusCheckRollup: {
                    contexts: {
                      nodes: checks.map((check) => ({
                        __typename: 'CheckRun',
                        checkSuite: {workflowRun: {workflow: {name: 'CI'}}},
                        startedAt: '2025-11-01T06:00:00Z',
                        completedAt: '2025-11-01T06:05:00Z',
                        detailsUrl: '',
                        ...check,
                      })),
                      pageInfo: {hasNextPage: false, endCursor: ''},
                    },
                  },
                },
              },
            ],
          },
        },
      },
    },
  });

export const startGitHub = async (pullRequest: PullRequestState): Promise<GitHub> => {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const san = 'subjectAltName=DNS:localhost';
  const subject = ['-subj', '/CN=localhost', '-addext', san];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...ec, '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...subject], {
    stdio: 'ignore',
  });
  const asked: string[] = [];
  let refusal: number | undefined;
  const server = createServer({key: readFileSync(key), cert: readFileSync(cert)}, (request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      asked.push(text);
      response.setHeader('content-type', 'application/json');
      response.statusCode = refusal ?? (request.headers.authorization === `token ${token}` ? 200 : 401);
      response.end(
        response.statusCode === 200
          ? body(pullRequest)
          : `{"message":"${response.statusCode === 401 ? 'Bad credentials' : 'Trouble'}"}`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    repository: `${host}/acme/seedtest`,
    env: {SSL_CERT_FILE: cert, GH_ENTERPRISE_TOKEN: token, GH_CONFIG_DIR: join(folder, 'gh'), GH_HOST: host},
    asked,
    refuse: (status) => (refusal = status),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
