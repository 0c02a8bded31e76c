// Are two identities the same database, and does it still tell the same history?

import type {TargetIdentity} from './ids.ts';

type Named = Pick<TargetIdentity, 'systemIdentifier' | 'database' | 'user'>;

/**
 * The same database, reached as the same role? Addresses and minor versions may change between two connections; these
 * may not. Two servers that would not say who they are are two unknowns, never one target.
 */
export const sameTarget = (a: Named, b: Named): boolean =>
  a.systemIdentifier !== '' &&
  a.systemIdentifier === b.systemIdentifier &&
  a.database === b.database &&
  a.user === b.user;

/**
 * A restore or a failover begins a new timeline under the same system identifier: what was committed on the old one may
 * be gone, and a transaction id may mean another transaction.
 * @returns undefined when either does not say (a journal written before timelines were recorded): nobody knows.
 */
export const sameHistory = (a: TargetIdentity, b: TargetIdentity): boolean | undefined => {
  if (a.systemIdentifier === '' || b.systemIdentifier === '') return undefined;
  if (a.systemIdentifier !== b.systemIdentifier) return false;
  return a.timeline === undefined || b.timeline === undefined ? undefined : a.timeline === b.timeline;
};

/**
 * True when somebody between us and the server could pass for it. On this machine nobody is in between, and a tunnel ends
 * here: what lies behind it is the tunnel's to prove.
 */
export const isWeaklyVerified = ({address, sslmode}: Pick<TargetIdentity, 'address' | 'sslmode'>): boolean =>
  sslmode !== 'socket' && sslmode !== 'verify-full' && !/^(localhost|127\.[\d.]+|::1):\d+$/.test(address);
