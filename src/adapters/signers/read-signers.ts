// The list of signers that a step's approvals are checked against, as it can be read at this moment.

import {readFileSync} from 'node:fs';
import type {ReadSigners} from '../../core/signers/standing.ts';
import type {Instant} from '../../core/ids.ts';
import {errorMessage} from '../files.ts';
import {listedSigners} from './allowed-signers.ts';

/** @param file undefined where the plan does not have the list that the runbook names. */
export const planSigners = (name: string, file: Uint8Array | undefined, at: Instant): ReadSigners => {
  const where = {list: 'plan', place: `signers/${name}`} as const;
  return file === undefined
    ? {...where, ok: false, message: 'ENOENT'}
    : {...where, ok: true, ...listedSigners(new TextDecoder().decode(file), at)};
};

/** @param path the operator's own; undefined where none was named. */
export const operatorSigners = (path: string | undefined, at: Instant): ReadSigners => {
  if (path === undefined || path === '') return {list: 'none'};
  const where = {list: 'operator', place: path} as const;
  try {
    return {...where, ok: true, ...listedSigners(readFileSync(path, 'utf8'), at)};
  } catch (error) {
    return {...where, ok: false, message: errorMessage(error)};
  }
};
