// What does a cluster answer about Jobs? A local server that speaks as much of the API as the real kubectl asks for.

import {writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {temporaryFolder} from './run.ts';

type KubeJob = Readonly<{
  metadata: Readonly<{name: string; namespace: string; labels: Readonly<Record<string, string>>}>;
  spec: Record<string, unknown>;
  status?: unknown;
}>;

export type Kubernetes = Readonly<{
  env: Readonly<Record<string, string>>;
  /** Jobs in the cluster, by their names; a test may put its own there. */
  jobs: Map<string, KubeJob>;
  /** Manifests that were accepted, in order. */
  created: readonly KubeJob[];
  deleted: readonly string[];
  /** Lets every Job's pod end so. */
  end: (exitCode: number) => void;
  /** What the pod has said so far. */
  say: (text: string) => void;
  /** Resolves when somebody reads a log. */
  followed: Promise<void>;
  /** Refuses everything from now on, or no more. */
  refuse: (isRefusing: boolean) => void;
  /** Makes the next Job and then refuses everything, its own answer as well. */
  loseAnswers: () => void;
}>;

export const imageId = 'registry/seedtest@sha256:8f1d0c';

const discovery: Readonly<Record<string, unknown>> = {
  '/api': {kind: 'APIVersions', versions: ['v1']},
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'batch',
        versions: [{groupVersion: 'batch/v1', version: 'v1'}],
        preferredVersion: {groupVersion: 'batch/v1', version: 'v1'},
      },
    ],
  },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list']}],
  },
  '/apis/batch/v1': {
    kind: 'APIResourceList',
    groupVersion: 'batch/v1',
    resources: [
      {
        name: 'jobs',
        singularName: 'job',
        namespaced: true,
        kind: 'Job',
        verbs: ['get', 'list', 'create', 'delete', 'watch'],
      },
    ],
  },
  // As much as kubectl reads before it lets the server check the fields of a manifest.
  '/openapi/v3': {paths: {'apis/batch/v1': {serverRelativeURL: '/openapi/v3/apis/batch/v1'}}},
  '/openapi/v3/apis/batch/v1': {
    openapi: '3.0.0',
    info: {title: 'x', version: '1'},
    paths: {
      '/apis/batch/v1/namespaces/{namespace}/jobs/{name}': {
        patch: {
          'x-kubernetes-group-version-kind': {group: 'batch', version: 'v1', kind: 'Job'},
          parameters: [{name: 'fieldValidation', in: 'query'}],
          responses: {},
        },
      },
    },
  },
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
};

const kubeconfig = (port: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{name: 'c', cluster: {server: `http://127.0.0.1:${port}`}}],
    users: [{name: 'u', user: {}}],
    contexts: [{name: 'seedtest', context: {cluster: 'c', user: 'u'}}],
    'current-context': 'seedtest',
  });

export const startKubernetes = async (): Promise<Kubernetes> => {
  const jobs = new Map<string, KubeJob>();
  const created: KubeJob[] = [];
  const deleted: string[] = [];
  const readers = new Set<ServerResponse>();
  const whenFollowed = Promise.withResolvers<void>();
  let exitCode: number | undefined;
  let spoken = '';
  let isRefusing = false;
  let isLosing = false;

  const statusOf = (job: KubeJob): unknown =>
    job.status ??
    (exitCode === undefined
      ? {active: 1}
      : {
          conditions: [
            exitCode === 0
              ? {type: 'Complete', status: 'True'}
              : {type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded'},
          ],
        });
  const shown = (job: KubeJob): unknown => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    ...job,
    spec: {...job.spec, selector: {matchLabels: {'job-name': job.metadata.name}}},
    status: statusOf(job),
  });
  const pod = ({metadata: {name, namespace}}: KubeJob): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: `${name}-x7k2p`, namespace, labels: {'job-name': name}},
    spec: {containers: [{name: 'job', image: 'registry/seedtest'}]},
    status: {
      phase: exitCode === undefined ? 'Running' : exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [
        {
          name: 'job',
          imageID: imageId,
          state: exitCode === undefined ? {running: {}} : {terminated: {exitCode}},
        },
      ],
    },
  });
  const selected = (url: URL): readonly KubeJob[] => {
    const wanted = (url.searchParams.get('labelSelector') ?? '').split(',').map((pair) => pair.split('='));
    const name = /^metadata\.name=(.+)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
    return [...jobs.values()].filter(
      ({metadata}) =>
        (name === undefined || metadata.name === name) &&
        wanted.every(([key = '', value]) => key === '' || metadata.labels[key] === value),
    );
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, {'content-type': 'application/json'});
      response.end(JSON.stringify(body));
    };
    const refused = (code: number, reason: string): void =>
      answer(code, {kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: reason});
    const jobsPath = /^\/apis\/batch\/v1\/namespaces\/seedtest\/jobs(?:\/([^/]+))?$/.exec(url.pathname);
    const serve = async (): Promise<void> => {
      if (isRefusing) return refused(403, 'Forbidden');
      const known = discovery[url.pathname];
      if (known !== undefined) return answer(200, known);
      if (jobsPath !== null) {
        const [, name] = jobsPath;
        if (request.method === 'POST') {
          const job = JSON.parse(await bodyOf(request)) as KubeJob;
          if (jobs.has(job.metadata.name)) return refused(409, 'AlreadyExists');
          jobs.set(job.metadata.name, job);
          created.push(job);
          if (isLosing) {
            isRefusing = true;
            return refused(504, 'Timeout');
          }
          return answer(201, shown(job));
        }
        if (name === undefined) {
          return answer(200, {kind: 'JobList', apiVersion: 'batch/v1', items: selected(url).map(shown)});
        }
        const job = jobs.get(name);
        if (job === undefined) return refused(404, 'NotFound');
        if (request.method === 'DELETE') {
          jobs.delete(name);
          deleted.push(name);
          for (const reader of readers) reader.end();
        }
        return answer(200, shown(job));
      }
      if (url.pathname === '/api/v1/namespaces/seedtest/pods') {
        return answer(200, {kind: 'PodList', apiVersion: 'v1', items: [...jobs.values()].map(pod)});
      }
      if (url.pathname.endsWith('/log')) {
        response.writeHead(200, {'content-type': 'text/plain'});
        response.write(spoken);
        if (exitCode !== undefined) return void response.end();
        readers.add(response);
        return whenFollowed.resolve();
      }
      const one = [...jobs.values()].find(({metadata}) => url.pathname.endsWith(`/pods/${metadata.name}-x7k2p`));
      return one === undefined ? refused(404, 'NotFound') : answer(200, pod(one));
    };
    void serve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const folder = temporaryFolder();
  const config = join(folder, 'config');
  writeFileSync(config, kubeconfig((server.address() as AddressInfo).port));
  return {
    env: {KUBECONFIG: config, HOME: folder},
    jobs,
    created,
    deleted,
    followed: whenFollowed.promise,
    end: (code) => {
      exitCode = code;
      for (const reader of readers) reader.end();
    },
    say: (text) => {
      spoken += text;
      for (const reader of readers) reader.write(text);
    },
    refuse: (is) => {
      isRefusing = is;
    },
    loseAnswers: () => {
      isLosing = true;
    },
  };
};
