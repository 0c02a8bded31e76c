// Does an approval in a bundle hold only over the history that was approved? Every record before it is rewritten, with a
// fresh and valid chain, by a forger who mends everything that he can mend without the approver's key.

import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Recorded, RunEvent} from '../../../src/core/event.ts';
import {sha256Of} from '../../../src/evidence/hashing.ts';
import {checkApprovals, type CheckedApprovals} from '../../../src/evidence/verify-approvals.ts';
import {approvalRun, untilConsent, type ApprovalRun} from '../../support/approval-run.ts';
import {operator, receipt} from '../../support/events.ts';
import {checkBy, newSigner, signedBy} from '../../support/ssh-signer.ts';

type Evidence = Readonly<{run: ApprovalRun; events: readonly Recorded[]; files: ReadonlyMap<string, Uint8Array>}>;
type Loose = Record<string, unknown>;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The events with a chain of their own; hashes of lines on the way. */
const chained = (events: readonly Recorded[]): readonly Recorded[] => {
  let prev = '0'.repeat(64);
  return events.map((event, at) => {
    const line = {...event, seq: at + 1, prev};
    prev = sha256Of(bytes(JSON.stringify(line)));
    return line;
  });
};

/** What a careful forger mends: every head that an approval names is that of the new chain. */
const mended = (events: readonly Recorded[]): readonly Recorded[] => {
  const again = chained(events).map((event): Loose => ({...event}));
  for (const event of again) {
    const head = event['head'] as {seq: number; sha256: string} | undefined;
    if (head !== undefined) event['head'] = {seq: head.seq, sha256: String(again[head.seq]?.['prev'])};
  }
  return chained(again as unknown as readonly Recorded[]);
};

const signers = new Map(['lee', 'park', 'stranger'].map((name) => [name, newSigner(name)] as const));
const signer = (name: string) => {
  const of = signers.get(name);
  if (of === undefined) throw new Error(`nobody is called ${name}`);
  return of;
};
const list = `lee ${signer('lee').publicKey}\npark ${signer('park').publicKey}\n`;

describe('an approval in a bundle', () => {
  /** Approved by lee (and by park), then changed. */
  const evidence = async (approvers = 1): Promise<Evidence> => {
    const run = approvalRun({signers: list, changes: {approvers}, approvals: signedBy(signers)});
    for (const by of ['lee', 'park'].slice(0, approvers)) {
      const order = {type: 'GiveApproval', step: 'consent', decision: 'approved', approver: by, key: by} as const;
      const refusal = await run.give(order);
      if (refusal !== undefined) throw new Error(JSON.stringify(refusal));
    }
    run.append({type: 'StepStarted', step: 'change', attempt: 1, receipt: receipt('change', 1), by: operator});
    const folder = join(run.path, 'artifacts', 'approvals');
    const files = new Map([['plan/signers/approvers', bytes(list)]]);
    for (const name of readdirSync(folder)) files.set(`artifacts/approvals/${name}`, readFileSync(join(folder, name)));
    return {run, events: run.events(), files};
  };

  const check = ({run, events, files}: Evidence): Promise<CheckedApprovals> =>
    checkApprovals({
      runbook: run.runbook,
      events,
      file: (path) => files.get(path),
      check: async (text, signature, by) =>
        checkBy(text, signature, by === undefined ? undefined : Buffer.from(by).toString()),
    });

  const fault = async (of: Evidence): Promise<unknown> => {
    const checked = await check(of);
    return checked.ok ? undefined : checked.fault;
  };

  test('what was approved honestly holds, and says by whom and with which key', async () => {
    expect(await check(await evidence(2))).toMatchObject({
      ok: true,
      approvals: [
        {by: 'lee', step: 'consent', decision: 'approved', proof: {key: signer('lee').fingerprint, list: 'plan'}},
        {by: 'park', step: 'consent', decision: 'approved', proof: {key: signer('park').fingerprint, list: 'plan'}},
      ],
    });
  });

  test('every record before it can be rewritten, and none of it is believed', async () => {
    const honest = await evidence();
    // The journal as it stood when it was approved; what was sealed with the approval lies after its head.
    const [head] = honest.events.flatMap((event) => (event.type === 'ApprovalGranted' ? [event.head] : []));
    expect(head?.seq).toBe(untilConsent.length);
    for (let at = 0; at < untilConsent.length; at += 1) {
      const events = honest.events.map((event, of) => (of === at ? {...event, note: 'forged'} : event) as Recorded);
      const broken = {code: 'approval-broken', step: 'consent', by: 'lee', because: 'head-differs'};
      expect(await fault({...honest, events: mended(events)}), `record ${at + 1}`).toMatchObject(broken);
    }
  });

  test('nor with a text that is mended too, nor with a key of the forger', async () => {
    const honest = await evidence();
    const path = 'artifacts/approvals/consent.1.1.txt';
    const forged = honest.events.map((event, of) => (of === 4 ? {...event, note: 'forged'} : event) as Recorded);
    const [seq] = honest.events.flatMap((event) => (event.type === 'ApprovalGranted' ? [event.head.seq] : []));
    const head = mended(forged)[seq ?? 0]?.prev ?? '';
    const text = new TextDecoder()
      .decode(honest.files.get(path))
      .replace(/journal-head: (\d+) .*/, `journal-head: $1 ${head}`);
    const withText = (signature: Uint8Array, key?: string): Evidence => {
      const events = forged.map((event) =>
        event.type === 'ApprovalGranted' && event.proof.how === 'signed'
          ? {
              ...event,
              statement: {path, sha256: sha256Of(bytes(text))},
              proof: {...event.proof, ...(key === undefined ? {} : {key}), sha256: sha256Of(signature)},
            }
          : event,
      );
      const files = new Map([...honest.files, [path, bytes(text)] as const, [`${path}.sig`, signature] as const]);
      return {...honest, events: mended(events), files};
    };
    const kept = honest.files.get(`${path}.sig`) ?? new Uint8Array();
    expect(await fault(withText(kept))).toMatchObject({because: 'signature-bad'});
    const own = signer('stranger').sign(text);
    expect(await fault(withText(own, signer('stranger').fingerprint))).toMatchObject({because: 'not-listed'});
    // The approver himself can, since then he has signed it.
    expect(await fault(withText(signer('lee').sign(text)))).toBeUndefined();
  });

  test('what was approved cannot be taken away where the plan wants it', async () => {
    const honest = await evidence();
    const without = (...types: readonly RunEvent['type'][]): Evidence => ({
      ...honest,
      events: mended(
        honest.events.filter((event) => !('step' in event && event.step === 'consent' && types.includes(event.type))),
      ),
    });
    const missing = {code: 'approval-missing', step: 'consent'};
    expect(await fault(without('ApprovalGranted', 'ArtifactSealed'))).toMatchObject(missing);
    expect(await fault(without('ApprovalGranted', 'ArtifactSealed', 'StepSucceeded'))).toMatchObject(missing);
    const ended = without('ApprovalGranted', 'ArtifactSealed', 'StepSucceeded', 'StepStarted');
    const closed: RunEvent = {type: 'RunClosed', outcome: 'completed', by: operator};
    const events = mended([
      ...ended.events.filter(({type}) => type !== 'StepStarted'),
      {...honest.events[0], ...closed} as Recorded,
    ]);
    expect(await fault({...ended, events})).toMatchObject(missing);
  });

  test('a waiver does not stand in for it, unless the runbook calls it optional', async () => {
    const honest = await evidence();
    const waived: RunEvent = {type: 'StepWaived', step: 'consent', reason: 'no time', by: operator};
    const first = honest.events.findIndex((event) => 'step' in event && event.step === 'consent');
    const after = honest.events.filter((event, at) => at > first && !('step' in event && event.step === 'consent'));
    const events = mended([
      ...honest.events.slice(0, first),
      {...honest.events[first], ...waived} as Recorded,
      ...after,
    ]);
    expect(await fault({...honest, events})).toMatchObject({code: 'approval-missing', step: 'consent'});
  });

  test('files that are missing, swapped or bent are named', async () => {
    const honest = await evidence(2);
    const [one, other] = ['artifacts/approvals/consent.1.1.txt', 'artifacts/approvals/consent.1.2.txt'];
    const put = (path: string, content: Uint8Array | undefined): Evidence => {
      const files = new Map(honest.files);
      if (content === undefined) files.delete(path);
      else files.set(path, content);
      return {...honest, files};
    };
    expect(await fault(put(one, undefined))).toMatchObject({because: 'statement-missing'});
    expect(await fault(put(one, honest.files.get(other)))).toMatchObject({because: 'statement-missing'});
    expect(await fault(put(`${one}.sig`, undefined))).toMatchObject({because: 'signature-missing'});
    expect(await fault(put(`${one}.sig`, honest.files.get(`${other}.sig`)))).toMatchObject({
      because: 'signature-missing',
    });
    const strangers = bytes(`lee ${signer('stranger').publicKey}\n`);
    expect(await fault(put('plan/signers/approvers', strangers))).toMatchObject({because: 'not-listed'});
  });

  test('one approval copied to make two, or said to be of somebody else, is seen', async () => {
    const honest = await evidence(2);
    const [first, second] = honest.events.filter(({type}) => type === 'ApprovalGranted');
    const events = (change: (event: Recorded) => Recorded): readonly Recorded[] => mended(honest.events.map(change));
    const copied = events((event) =>
      event === second ? ({...first, seq: event.seq, at: event.at} as Recorded) : event,
    );
    expect(await fault({...honest, events: copied})).toMatchObject({because: 'replayed'});
    const renamed = events((event) => (event === first ? ({...event, by: 'choi'} as Recorded) : event));
    expect(await fault({...honest, events: renamed})).toMatchObject({because: 'recorded-otherwise'});
    const longer = events((event) =>
      event === first ? ({...event, expires: '2099-01-01T00:00:00.000Z'} as Recorded) : event,
    );
    expect(await fault({...honest, events: longer})).toMatchObject({because: 'recorded-otherwise'});
  });

  test('where no ssh-keygen can be asked, it says that nothing was checked', async () => {
    const {run, events, files} = await evidence();
    const checked = await checkApprovals({
      runbook: run.runbook,
      events,
      file: (path) => files.get(path),
      check: async () => undefined,
    });
    expect(checked).toMatchObject({ok: true, approvals: [{checked: false}]});
  });
});
