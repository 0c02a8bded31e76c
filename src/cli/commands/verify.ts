// attempt-runbook verify: whether a bundle holds what it says, asked of its bytes alone; no network, no run, no database.

import {readEvidence} from '../../adapters/evidence-files.ts';
import {errorMessage} from '../../adapters/files.ts';
import type {Derive, Verification} from '../../evidence/verify.ts';
import {verifyArchive, verifyFiles} from '../../evidence/verify.ts';
import {loadRunbook} from '../../runbook/load.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {faultLines, verifiedLines} from '../../ui/text/verification.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import type {CliContext} from '../context.ts';
import {derivedEvidence, RESULTS} from '../derived-evidence.ts';
import {showTrouble} from '../show.ts';
import {VERSION} from '../version.ts';

const madeBy = (results: Uint8Array | undefined): unknown => {
  try {
    return (JSON.parse(new TextDecoder().decode(results)) as Readonly<{tool?: unknown}>).tool;
  } catch {
    // No results, or not ours: then nothing is made again, and the result says so.
    return undefined;
  }
};

const derive: Derive = (payload, state, journal) => {
  if (madeBy(payload.get(RESULTS)) !== VERSION) return undefined;
  const plan = [...payload].flatMap(([path, bytes]) =>
    path.startsWith('plan/') ? [[path.slice('plan/'.length), bytes] as const] : [],
  );
  const loaded = loadRunbook({files: new Map(plan)});
  return loaded.ok ? derivedEvidence(loaded.runbook, state, journal) : undefined;
};

const print = (context: CliContext, path: string, verification: Verification): void => {
  if (context.options.json === true) {
    context.out(jsonLine({path, ...jsonOf(verification)}));
    return;
  }
  const lines = verification.ok
    ? verifiedLines(verification.verified, context.locale)
    : faultLines(verification.fault, context.locale);
  for (const line of lines) (verification.ok ? context.out : context.err)(visibleLine(line));
};

const jsonOf = (verification: Verification): object => {
  if (!verification.ok) return {ok: false, fault: verification.fault};
  const {state, ...rest} = verification.verified;
  return {ok: true, run: state.opened, closed: state.closed ?? null, ...rest};
};

/** @param path an archive, or the directory that it unpacks to. */
export const verify = async (context: CliContext, path: string): Promise<ExitCode> => {
  let evidence: ReturnType<typeof readEvidence>;
  try {
    evidence = readEvidence(path);
  } catch (error) {
    return showTrouble(context, {code: 'evidence-unreadable', path, message: errorMessage(error)});
  }
  const verification =
    'archive' in evidence
      ? await verifyArchive(evidence.archive, derive, process.versions.zlib ?? '')
      : verifyFiles(evidence.files, derive);
  print(context, path, verification);
  return verification.ok ? 0 : 65;
};
