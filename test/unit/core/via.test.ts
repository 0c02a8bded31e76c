// What is a destination of ssh, and what would ssh take for something else?

import {expect, test} from 'vitest';
import {declaredVia, sshDestination, viaName} from '../../../src/core/via.ts';

test.each([
  ['bastion', {host: 'bastion'}],
  ['deploy@bastion.example:2222', {host: 'bastion.example', user: 'deploy', port: 2222}],
  ['svc.ops+x@10.0.0.1', {host: '10.0.0.1', user: 'svc.ops+x'}],
  ['deploy@[2001:db8::1]:22', {host: '2001:db8::1', user: 'deploy', port: 22}],
])('%s is one', (text, expected) => {
  expect(sshDestination(text)).toEqual(expected);
});

test.each([
  '',
  '-oProxyCommand=touch /tmp/x',
  '-l@host',
  'user@-host',
  'a b',
  'a;b',
  'host:0',
  'host:70000',
  'u@h@h',
  '$(x)',
])('%s is none', (text) => {
  expect(sshDestination(text)).toBeUndefined();
});

test('a way is called by what was started', () => {
  expect(declaredVia({ssh: 'deploy@[::1]:22'})).toMatchObject({kind: 'ssh'});
  const via = [
    declaredVia({ssh: 'deploy@[::1]:22'}),
    declaredVia({command: ['/usr/bin/cloud-sql-proxy', 'x'], port: 1}),
  ];
  expect(via.map((of) => of && viaName(of))).toEqual(['ssh deploy@[::1]:22', 'cloud-sql-proxy']);
});
