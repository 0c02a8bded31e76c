// What every kind of step must be able to do: say what it would run, run it, and find out later whether it ran.

import type {Snapshot} from '../catalog/snapshot.ts';
import type {ActionKind, Of, RunbookDefinition} from '../core/definition.ts';
import type {Found} from '../core/doubt.ts';
import type {Verdict} from '../core/event.ts';
import type {Facts, FactsOf} from '../core/facts.ts';
import type {Failure, LockLoss, Result} from '../core/failure.ts';
import type {StepId, TargetIdentity} from '../core/ids.ts';
import type {Clock, Database, Processes, RunFiles, ScratchPlace, Scribe} from '../core/ports.ts';
import type {CreatedView} from '../core/planned-view.ts';
import type {PreviewPart} from '../core/preview.ts';
import type {ScriptEffects} from '../core/script-effects.ts';
import type {OpenedRun, RunState, StepState} from '../core/state.ts';

/** The part of the world that does not depend on the attempt. */
export type World = Readonly<{
  processes: Processes;
  files: RunFiles;
  clock: Clock;
  /** Where databases to try things in are made; never the target. */
  scratch: ScratchPlace;
  sha256: (text: string) => string;
  /** Asks whether the target is still ours alone; undefined while it is. */
  targetLockLost: () => Promise<LockLoss | undefined>;
  /** The same without taking a lock that was lost, fast enough to be asked while a change holds others up. */
  targetLockHeld: () => Promise<boolean>;
  /**
   * What must be true in the target's own words for a change to begin, an SQL expression; undefined on a copy, which nobody
   * takes over.
   */
  fence: () => string | undefined;
  /** The text of a file of the plan, as it was when the run was opened. */
  sql: (file: string) => string;
  /** Where a project of the runbook's lies on this machine; its folder as the runbook names it. */
  projectFolder: (directory: string) => Result<string>;
  /** Every file of the plan, with its hash. */
  planned: readonly Readonly<{path: string; sha256: string}>[];
  /** The views that such a text creates. */
  createdViews: (sql: string) => readonly CreatedView[];
  /** What files of the plan say of which objects, run in this order. */
  scriptEffects: (files: readonly string[]) => Promise<ScriptEffects>;
  /** Whether readers and writers pass while such a text waits for its locks. */
  letsOthersPass: (sql: string) => boolean;
  /** Whether such a text, outside of a transaction, may commit a part of what it does before it ends. */
  commitsInside: (sql: string) => boolean;
  /** Whether a second run of such a text may do once more what the first one did. */
  mayDouble: (sql: string) => boolean;
}>;

export type StepContext = World &
  Readonly<{
    runbook: RunbookDefinition;
    state: RunState;
    opened: OpenedRun;
    target: TargetIdentity;
    step: StepId;
    attempt: number;
    applicationName: string;
    /** Sessions opened through it carry this attempt's application_name. */
    database: Database;
    scribe: Scribe;
    signal: AbortSignal;
    /** The target is a copy that is dropped afterwards: what is tried there may be watched more closely. */
    isCopy?: true;
    /** On a copy: its sessions are those of the target's login, with the rights that it has there. */
    asLogin?: true;
    /** The catalog of that copy as the last part left it: nothing of a copy is kept as evidence. */
    copied?: {catalog?: Snapshot};
  }>;

export type Reconciliation = Readonly<{
  verdict: Verdict;
  detail: string;
  found?: Found;
  facts?: Facts;
  failure?: Failure;
}>;

export type InDoubt = Extract<StepState, {status: 'in-doubt'}>;

export type Kind<K extends ActionKind> = Readonly<{
  kind: K;
  /** What would run, exactly and in order; shown before it runs and written into the receipt. */
  outline: (action: Of<K>, sql: (file: string) => string) => readonly PreviewPart[];
  /** Absent for kinds that only a human carries out. */
  perform?: (action: Of<K>, context: StepContext) => Promise<Result<FactsOf<K>>>;
  /** Asks the world what became of an attempt whose outcome nobody wrote down. */
  reconcile: (action: Of<K>, doubt: InDoubt, context: StepContext) => Promise<Reconciliation>;
}>;
