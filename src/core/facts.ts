// What each kind of action found out, as it is written into the journal when the action succeeds.

import type {SignerList} from './approval.ts';
import type {AlembicFacts, AlembicTrouble, VersionRows} from './alembic.ts';
import {isCatalogLost, type LooksAfter} from './catalog-after.ts';
import {isLeftInPlace, type AsksAfter} from './way-back/undone.ts';
import type {ActionKind} from './definition.ts';
import type {CatalogChange, Failure, Finding} from './failure.ts';
import type {Identity, Instant, Sha256, StepId} from './ids.ts';
import type {RehearsedRights} from './login-rights.ts';
import type {PlannedView} from './planned-view.ts';
import type {Saying, ScriptEffects} from './script-effects.ts';
import type {LackingBack, MissingRight} from './rights.ts';
import type {LocalText} from './text.ts';
import {findingVerdict} from './tool-finding.ts';
import {isOfTool, type ToolFactsByKind} from './tools.ts';

/** A file of the run directory, sealed by its hash. `path` is relative to the run directory. */
export type Artifact = Readonly<{
  path: string;
  bytes: number;
  sha256: Sha256;
  mediaType: string;
  /** How many values were masked before they were written, by rule; absent when none was. */
  redactions?: Readonly<Record<string, number>>;
  /** The process that wrote it was killed: it ends where that process did. */
  unfinished?: true;
}>;

/** 'amber' is a success that proves less than it seems to: no data to look at, a budget missed, a stand-in. */
export type CheckVerdict = 'pass' | 'amber' | 'fail';

export type TableCount = Readonly<{table: string; rows: number}>;

/** 'target-server': beside the target (a rehearsal's server); 'embedded': a server of this machine; 'declared': `--scratch`. */
export type ScratchWhere = 'target-server' | 'embedded' | 'declared';

/** Why a backup was read to its end and yet restored nowhere. */
export type ProofGap = Readonly<
  | {because: 'no-scratch'; failure: Failure}
  | {because: 'roles-missing' | 'extensions-missing'; names: readonly string[]}
  | {because: 'no-room'; neededBytes?: number; freeBytes?: number}
  | {because: 'client-older-than-scratch'}
>;

/** How far a backup was proven: 'restored' was compared with the target, object by object; 'read' was decoded to its end. */
export type BackupProof =
  | Readonly<{
      level: 'restored';
      where: ScratchWhere;
      serverVersion: string;
      objects: number;
      /** Declared tables whose rows were counted. */
      tables: number;
      /** Declared objects that were restored once more, from this backup alone, with only what they need. */
      alone: readonly string[];
      /** Foreign keys to tables outside of the backup, which a restore of it cannot check. */
      leftOut?: number;
      /** pg_restore alone, and everything from the first scratch database to its drop. */
      restoreMs: number;
      durationMs: number;
    }>
  | (Readonly<{level: 'read'}> & ProofGap);
/** Why a part of a rehearsal was left out: nothing is claimed of it. */
export type NotRehearsed =
  | 'dependants-in-the-way'
  | 'impossible'
  | 'earlier-part-failed'
  /** What may write and is not made on a copy: it may reach elsewhere. */
  | 'left-out'
  /** It failed, or would start from what failed, behind a step that was left out: which of the two it is, nobody knows. */
  | 'needs-left-out';

/** One step or way back, as it went on the copy. */
export type RehearsedPart = Readonly<{
  /** The step's id, or that of the way back: `rollback/<option>`. */
  step: StepId;
  verdict: CheckVerdict | 'not-run';
  /** Of several tries the slowest. */
  durationMs: number;
  lockHeldMs?: number;
  /** Of a way back: whether the catalog was then what it was before the change. */
  digestEqual?: boolean;
  /** Of a part that was not tried to its end: what stood in the way of it. */
  failure?: Failure;
  because?: NotRehearsed;
  /** What Alembic's migration took and did not bring back by itself. */
  taken?: readonly CatalogChange[];
  /** The statements that it sent, in a file of the run. */
  statements?: Readonly<{path: string; sha256: Sha256; count: number}>;
  /** A way back that worked, after which no declared object is there; of a drop, that is what it is for. */
  leaves?: 'nothing';
}>;

type PutBack = Readonly<{
  /** Views and materialised views that the change dropped and recreated, in the order of recreation. */
  dependants: readonly string[];
  grants: number;
  comments: number;
  options: number;
  /** The declared object's owner, given back to the recreated object. */
  owners: number;
}>;

export type FactsByKind = ToolFactsByKind & {
  checklist: Readonly<{kind: 'checklist'; items: number}>;
  query: Readonly<{
    kind: 'query';
    rows: number;
    columns: readonly string[];
    findings: readonly Finding[];
    /** Rows that the runbook declared as evidence (`keepRows`), at most KEPT_ROWS of them. */
    kept: readonly Finding[];
    durationMs: number;
  }>;
  snapshot: Readonly<{
    kind: 'snapshot';
    digest: Sha256;
    path: string;
    objects: readonly string[];
    missing: readonly string[];
    dependants: readonly string[];
    /** Dependants that cannot be dropped and recreated without loss; a change that drops the object is refused. */
    notReplayable: readonly string[];
    grants: number;
    comments: number;
    options: number;
    /** What the change will make of declared views, as far as the target could describe it beforehand. */
    planned?: readonly PlannedView[];
    /** The way to the server and back, of one small message. */
    rttMs?: number;
    /** How long a look at the catalog takes that a change does under its lock, the way to the server included. */
    lookMs?: number;
    /** What the scripts of its migrations say of the objects here, step by step; absent in older journals. */
    scripts?: readonly Readonly<{step: StepId; effects: ScriptEffects}>[];
    /** Materialized views with rows, which a put-back computes anew; absent where there are none, and in older journals. */
    refilled?: readonly string[];
    /** What Alembic's version tables held, which a way back puts there again. */
    versions?: readonly VersionRows[];
    /** Rights that the login lacked then; no change is begun without them. */
    unmet?: readonly MissingRight[];
    /** Ways back that it could not have taken then; the change goes ahead without them. */
    unmetBack?: readonly LackingBack[];
  }>;
  'alembic-check': Readonly<{
    kind: 'alembic-check';
    alembic: string;
    driver: string;
    current: readonly string[];
    heads: readonly string[];
    /** From the oldest to the pinned one, as they will run. */
    pending: readonly string[];
    /** Without its password. */
    url: string;
    /** Files of the project whose bytes are those of the plan. */
    files: number;
    /** What `upgrade --sql` did: a migration that asks the database crashes there, which says nothing about it. */
    offline: 'printed' | 'crashed';
    lines: readonly string[];
    warnings: readonly AlembicTrouble[];
    durationMs: number;
  }>;
  backup: Readonly<{
    kind: 'backup';
    /** 'stand-in' means that no pg_dump was at hand: rows were copied to files, which proves nothing for production. */
    method: 'pg_dump' | 'stand-in';
    path: string;
    bytes: number;
    sha256: Sha256;
    entries: number;
    durationMs: number;
    takenAt: Instant;
    clientVersion: string;
    tables: readonly TableCount[];
    /** A directory is hashed by the list that `sha256sum` makes of its files, which lies beside it. */
    format?: 'directory';
    /** What the backup is of, when it is not the whole database. */
    scope?: 'schema-only' | 'tables';
    /** Declared tables and objects that are not in it, or not with their rows. */
    lacks?: readonly string[];
    /** Tables as they were on the disk of the target, without indexes; what later estimates go by. */
    sourceBytes?: number;
    /** pg_dump was not seen in the target under the attempt's name: nobody could have found it there, or ended it. */
    isUnseen?: true;
    /** Where the server stood at its state, by which a loss is told later; absent in older journals, and for a stand-in. */
    marks?: Readonly<{path: string; sha256: Sha256}>;
    /** Materialised views that a restore fills only with --enable-row-security, since a policy binds their owner. */
    rowSecurity?: readonly string[];
    /** Absent in journals that are older than the proof, and for a stand-in. */
    proof?: BackupProof;
  }>;
  rehearse: Readonly<{
    kind: 'rehearse';
    where: ScratchWhere;
    serverVersion: string;
    backupSha256: Sha256;
    /** What the copy holds of the declared tables: a prediction is as good as the copy is like the target. */
    tables: readonly TableCount[];
    /** Of the copy's catalog before the change, and whether it is that of this run's snapshot. */
    digest: Sha256;
    isFaithful: boolean;
    /** Absent in older journals: there it was a superuser, whatever the login may do. */
    rights?: RehearsedRights;
    restoreMs: number;
    durationMs: number;
    parts: readonly RehearsedPart[];
  }>;
  migration: LooksAfter &
    Readonly<{
      kind: 'migration';
      xid?: string;
      durationMs: number;
      /** How long the strongest lock was held, from the first statement of the script to COMMIT. */
      lockHeldMs?: number;
      lockTries: number;
      putBack?: PutBack;
      /** What differs from the snapshot and was meant to. */
      changes: readonly CatalogChange[];
      /** What differs beyond that, each accepted in the runbook for this reason. */
      accepted?: readonly (CatalogChange & Readonly<{reason: LocalText}>)[];
      /** Losses that were accepted and did not come about: what was approved is not quite what happened. */
      notNeeded?: readonly Readonly<{object: string; aspect?: string}>[];
      digest?: Sha256;
      /** Statements of which nobody could tell what they change: what they did of that is put back like a loss. */
      unread?: readonly Saying[];
      /** The verify file had no rows before the change either: it cannot tell the change from its absence. */
      verifyHeldBefore?: true;
      /** It was asked before the change, and missed it: what it says afterwards tells the change from its absence. */
      verifyMissedBefore?: true;
      /** True when the outcome was learned from the server after a crash. */
      reconciled?: boolean;
      /** Of a migration that Alembic made. */
      alembic?: AlembicFacts;
    }>;
  smoke: Readonly<{
    kind: 'smoke';
    /** Statements that answered several checks at once; absent where each check had its own. */
    reads?: readonly Readonly<{id: string; durationMs: number}>[];
    checks: readonly Readonly<{
      id: string;
      verdict: CheckVerdict;
      rows: number;
      observed: string;
      /** Of its own statement. */
      durationMs?: number;
      /** Which of `reads` answered it: then only the time of all of them together is known. */
      read?: string;
    }>[];
  }>;
  downstream: Readonly<{
    kind: 'downstream';
    samples: readonly Readonly<{
      id: string;
      verdict: CheckVerdict;
      rows: number;
      medianMs: number;
      runsMs: readonly number[];
      budgetMs: number;
      estimatedCost: number;
    }>[];
  }>;
  approval: Readonly<{
    kind: 'approval';
    /**
     * Who approved; `key` is absent for a name that was only typed, `list` says whose list has the key. `also`: other steps of
     * the run that the same person, or the same key, has approved: two signatures, and one person. Absent in older journals.
     */
    approvals: readonly Readonly<{
      by: string;
      key?: string;
      list: SignerList;
      expires?: Instant;
      also?: readonly StepId[];
    }>[];
  }>;
  command: Readonly<{kind: 'command'; exitCode: number; durationMs: number; lines: number}>;
  'restore-objects': LooksAfter &
    AsksAfter &
    Readonly<{
      kind: 'restore-objects';
      digest: Sha256;
      durationMs: number;
      lockHeldMs?: number;
      statements: number;
    }>;
  revert: LooksAfter &
    AsksAfter &
    Readonly<{
      kind: 'revert';
      durationMs: number;
      lockHeldMs?: number;
      putBack: PutBack;
      changes: readonly CatalogChange[];
      /** Some of what was captured is worded in another way now; absent in older journals. */
      differs?: true;
      digest: Sha256;
    }>;
  downgrade: LooksAfter &
    AsksAfter &
    Readonly<{
      kind: 'downgrade';
      durationMs: number;
      exitCode?: number;
      from: string;
      revision: string;
      /** Declared objects that were there before the change and are not there now. */
      missing: readonly string[];
      /** What differs from the snapshot. */
      changes: readonly CatalogChange[];
      putBack?: PutBack;
      digest: Sha256;
    }>;
  'drop-object': LooksAfter &
    AsksAfter &
    Readonly<{
      kind: 'drop-object';
      dropped: readonly string[];
      durationMs: number;
      lockHeldMs?: number;
    }>;
  'restore-backup': LooksAfter &
    AsksAfter &
    Readonly<{
      kind: 'restore-backup';
      durationMs: number;
      tables: readonly TableCount[];
      digest: Sha256;
    }>;
};

/** A human looked and said that the step took effect; nothing was probed, so it never counts as more than amber. */
export type SettledFacts = Readonly<{
  kind: 'settled';
  note: string;
  /** Of what was looked at in place of a program that could not be asked. */
  by?: Identity;
}>;

export type Facts = FactsByKind[ActionKind] | SettledFacts;
export type FactsOf<K extends ActionKind> = FactsByKind[K];
export type {PutBack};

/** It took effect, and Alembic or the way to it did not end as it should have. */
const isQuestionable = (of: AlembicFacts | undefined): boolean =>
  of !== undefined &&
  ((of.exitCode !== undefined && of.exitCode !== 0) || of.isUnseen === true || (of.refilled ?? []).length > 0);

/** The verdict on a success: amber if anything in it is amber. */
export const verdictOf = (facts: Facts): 'pass' | 'amber' => {
  if (isCatalogLost(facts) || isLeftInPlace(facts)) return 'amber';
  if (isOfTool(facts)) return facts.findings.every((of) => findingVerdict(of) === 'pass') ? 'pass' : 'amber';
  switch (facts.kind) {
    case 'smoke':
      return facts.checks.some((check) => check.verdict !== 'pass') ? 'amber' : 'pass';
    case 'downstream':
      return facts.samples.some((sample) => sample.verdict !== 'pass') ? 'amber' : 'pass';
    case 'query':
      return facts.findings.length > 0 ? 'amber' : 'pass';
    case 'backup':
      return facts.method === 'stand-in' || facts.proof?.level === 'read' || facts.isUnseen === true ? 'amber' : 'pass';
    case 'snapshot':
      return facts.missing.length > 0 ||
        facts.notReplayable.length > 0 ||
        (facts.unmet ?? []).length > 0 ||
        (facts.unmetBack ?? []).length > 0
        ? 'amber'
        : 'pass';
    case 'rehearse': {
      // A way back that something stands in the way of is said where it is offered; it was rightly left out.
      const isFine = ({verdict, because}: RehearsedPart): boolean =>
        verdict === 'pass' || because === 'dependants-in-the-way';
      return facts.isFaithful && facts.rights?.tried !== false && facts.parts.every(isFine) ? 'pass' : 'amber';
    }
    case 'settled':
      return 'amber';
    case 'migration':
      return (facts.notNeeded ?? []).length > 0 ||
        (facts.unread ?? []).length > 0 ||
        isQuestionable(facts.alembic) ||
        facts.verifyHeldBefore === true
        ? 'amber'
        : 'pass';
    case 'approval':
      // A name that anybody could type, or a key on a list that the operator chose, proves less than it seems to.
      return facts.approvals.every(({list}) => list === 'plan') ? 'pass' : 'amber';
    case 'alembic-check':
      return facts.warnings.length > 0 ? 'amber' : 'pass';
    case 'downgrade':
      return facts.changes.length > 0 ? 'amber' : 'pass';
    case 'checklist':
    case 'command':
    case 'restore-objects':
    case 'drop-object':
    case 'restore-backup':
      return 'pass';
    case 'revert':
      return facts.differs === true ? 'amber' : 'pass';
  }
};
