// The files of approvals in a run's directory, and the keys that they are signed and checked with.

import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join, resolve} from 'node:path';
import type {Approvals, Signers} from '../core/approval-port.ts';
import type {Artifact} from '../core/facts.ts';
import type {StepId} from '../core/ids.ts';
import {errorMessage, makeDirectories, sha256, writeWhole} from './files.ts';
import {readJournal} from './journal-file.ts';
import type {RunDirectory} from './run-directory.ts';
import {operatorSigners, planSigners} from './signers/read-signers.ts';
import {checkApproval, ownKeys} from './ssh-approval.ts';
import {signBytes, type Environment} from './ssh-signature.ts';

const FOLDER = 'artifacts/approvals';

export type ApprovalFilesOptions = Readonly<{
  directory: Pick<RunDirectory, 'path' | 'journal'>;
  env: Environment;
  /** An allowed_signers file of the operator's, for steps whose runbook has none. */
  signers?: string | undefined;
  revoked?: string | undefined;
  /** Somebody can type a passphrase. */
  canAsk: boolean;
}>;

const bytesOf = (content: string | Uint8Array): number => Buffer.byteLength(content);

export const approvalFiles = ({directory, env, signers, revoked, canAsk}: ApprovalFilesOptions): Approvals => {
  /** As a shell would read it: on the screen nobody types his whole home. */
  const atHome = (path: string): string => resolve(path.replace(/^~(?=\/)/, env['HOME'] ?? '~'));
  const inside = (path: string): string => join(directory.path, path);
  const keep = (path: string, content: string | Uint8Array, mediaType: string) => {
    try {
      makeDirectories(inside(FOLDER));
      // Byte for byte what was signed; it was redacted before.
      writeWhole(inside(path), content);
      const artifact: Artifact = {path, bytes: bytesOf(content), sha256: sha256(content), mediaType};
      return {ok: true, artifact} as const;
    } catch (error) {
      return {ok: false, path, message: errorMessage(error)} as const;
    }
  };
  const namesOf = (step: StepId, attempt: number): readonly string[] => {
    const pattern = new RegExp(`^${step}\\.${attempt}\\.(\\d+)\\.txt$`);
    const numbered = (existsSync(inside(FOLDER)) ? readdirSync(inside(FOLDER)) : []).flatMap((name) => {
      const nth = pattern.exec(name)?.[1];
      return nth === undefined ? [] : [{name, nth: Number(nth)}];
    });
    return numbered.toSorted((a, b) => b.nth - a.nth).map(({name}) => `${FOLDER}/${name}`);
  };
  const written = (step: StepId, attempt: number) =>
    namesOf(step, attempt).map((path) => ({path, text: readFileSync(inside(path), 'utf8')}));
  const given: Signers =
    signers === undefined
      ? {list: 'none'}
      : {list: 'operator', file: resolve(signers), sha256: existsSync(signers) ? sha256(readFileSync(signers)) : ''};
  return {
    history: () => {
      const {events, head} = readJournal(directory.journal);
      return {events, head};
    },
    written,
    absolute: inside,
    keepStatement: (step, attempt, text) => {
      const known = written(step, attempt).find((of) => of.text === text);
      const nth = Number(/\.(\d+)\.txt$/.exec(namesOf(step, attempt)[0] ?? '')?.[1] ?? '0') + 1;
      return keep(known?.path ?? `${FOLDER}/${step}.${attempt}.${nth}.txt`, text, 'text/plain');
    },
    keepSignature: (statement, signature) => keep(`${statement}.sig`, signature, 'application/x-ssh-signature'),
    keepSigners: ({list, file, sha256: digest}) =>
      list === 'operator' && file !== undefined && existsSync(file)
        ? keep(`${FOLDER}/signers.${(digest ?? '').slice(0, 12)}`, readFileSync(file), 'text/plain')
        : undefined,
    // The runbook's own list decides: an operator who could bring another one would choose his approvers.
    signers: ({signers: name}) => {
      if (name === undefined) return given;
      const file = inside(`plan/signers/${name}`);
      return {list: 'plan', file, sha256: existsSync(file) ? sha256(readFileSync(file)) : ''};
    },
    listed: ({signers: name}, at) => {
      if (name === undefined) return operatorSigners(signers === undefined ? undefined : resolve(signers), at);
      const file = inside(`plan/signers/${name}`);
      return planSigners(name, existsSync(file) ? readFileSync(file) : undefined, at);
    },
    sign: (text, key) => signBytes(Buffer.from(text), atHome(key), env, canAsk),
    check: (text, signature, {file}) =>
      checkApproval(
        Buffer.from(text),
        signature,
        {
          ...(file === undefined ? {} : {signers: file}),
          ...(revoked === undefined ? {} : {revoked: resolve(revoked)}),
        },
        env,
      ),
    read: (path) => {
      try {
        return {ok: true, bytes: new Uint8Array(readFileSync(atHome(path)))};
      } catch (error) {
        return {ok: false, path, message: errorMessage(error)};
      }
    },
    ownKeys: () => ownKeys(env),
    sha256,
  };
};
