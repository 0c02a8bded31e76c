// What a runbook document says, once it has been read and checked.

import type {Acceptance} from './acceptance.ts';
import type {AlembicProject} from './alembic.ts';
import type {Environment, StepId} from './ids.ts';
import type {LocalText} from './text.ts';
import type {ToolStep} from './tools.ts';
import type {DeclaredVia} from './via.ts';

/** A path below `sql/<runbook>/`, with forward slashes. */
export type SqlFile = string;

export type StepBase = Readonly<{
  id: StepId;
  phase: string;
  title: LocalText;
  why?: LocalText;
  /** The environments that have this step; all of them when absent. */
  in?: readonly Environment[];
  /** An optional step may be waived by the operator with a reason; every other step is mandatory. */
  optional?: boolean;
}>;

export type ChecklistItem = Readonly<{
  id: string;
  text: LocalText;
  why?: LocalText;
  /** A note (a link, a name, a ticket) without which the item cannot be ticked. */
  note?: 'required';
}>;

export type ChecklistStep = StepBase & Readonly<{kind: 'checklist'; items: readonly ChecklistItem[]}>;

export type QueryStep = StepBase &
  Readonly<{
    kind: 'query';
    sql: SqlFile;
    /**
     * 'no-rows': every row is a finding. 'rows': at least one must come. 'report': whatever comes is evidence. 'verdict':
     * every row says in `verdict` whether it is a 'pass', 'amber' or a 'fail', and why in `en` and `ko`.
     */
    expect: 'no-rows' | 'rows' | 'report' | 'verdict';
    /** The checklist whose ticks it holds against the target. On a copy nobody has done what they say, so it is not asked there. */
    confirms?: StepId;
    /** What a missed expectation means: 'gate' stops the run, 'warning' makes the step amber. */
    severity?: 'gate' | 'warning';
    /** Runs as the application's role of the environment, if one is declared. */
    as?: 'application';
    /** Keeps the rows in the evidence; without it only their count and columns are kept. */
    keepRows?: boolean;
    timeoutMs?: number;
  }>;

export type SnapshotStep = StepBase & Readonly<{kind: 'snapshot'}>;

export type BackupScope = 'database' | 'schema-only' | Readonly<{tables: readonly string[]}>;

export type BackupStep = StepBase &
  Readonly<{
    kind: 'backup';
    /** zlib level 1-6. Level 0 is impossible: without compression a flipped bit cannot be noticed. */
    compression?: number;
    /** 'custom' is one file; 'directory' is a file a table, which several jobs can write at once. */
    format?: 'custom' | 'directory';
    /** Of pg_dump, and of the restore that proves the backup. Only with `format: directory`. */
    jobs?: number;
    /** The whole database when absent. Only that, or tables that hold all that is declared, can be a way back. */
    scope?: BackupScope;
    timeoutMs?: number;
  }>;

/** Restores this run's backup into a database of the tool's own and walks change, checks and every way back there. */
export type RehearseStep = StepBase & Readonly<{kind: 'rehearse'}>;

export type SqlMigrationStep = StepBase &
  Readonly<{
    kind: 'migration';
    migrator: 'sql';
    apply: readonly SqlFile[];
    /**
     * 'whole': all files in one transaction, which also puts back what the change takes from the declared objects.
     * 'none': one statement a file, for statements that refuse a transaction (CREATE INDEX CONCURRENTLY).
     */
    transaction: 'whole' | 'none';
    /** Returns no rows when the change is in place. Asked before COMMIT, and after a crash. */
    verify?: SqlFile;
    /** Losses that shall not be put back, each with its reason; every other difference rolls the change back. */
    accept?: readonly Acceptance[];
    lockTimeoutMs?: number;
    lockTries?: number;
    /** How long the change may shut others out before it is cancelled; of one in a transaction. */
    holdMs?: number;
    timeoutMs?: number;
  }>;

/** A change that a project's Alembic makes and commits by itself; what it takes along is put back right after. */
export type AlembicMigrationStep = StepBase &
  Readonly<{
    kind: 'migration';
    migrator: 'alembic';
    alembic: AlembicProject;
    /** Returns no rows when the change is in place. Asked once what was lost is put back. */
    verify?: SqlFile;
    accept?: readonly Acceptance[];
    lockTimeoutMs?: number;
    lockTries?: number;
    timeoutMs?: number;
  }>;

export type MigrationStep = SqlMigrationStep | AlembicMigrationStep;

/** Looks at the history of an Alembic migration and at what its env.py connects to; changes nothing. */
export type AlembicCheckStep = StepBase & Readonly<{kind: 'alembic-check'; migration: StepId; timeoutMs?: number}>;

/** Checks whose files begin with the same WITH queries, in this order and letter for letter, are sent as one statement. */
export type SharedRead = Readonly<{id: string; with: readonly string[]}>;

/** `shares`: the read that it has in common with others. */
export type SmokeCheck = Readonly<{id: string; title: LocalText; sql: SqlFile; shares?: string}>;

export type SmokeStep = StepBase &
  Readonly<{
    kind: 'smoke';
    shared?: readonly SharedRead[];
    checks: readonly SmokeCheck[];
    /** Query steps that find the rows over which a check stumbles: asked again when one fails. */
    findBy?: readonly StepId[];
    as?: 'application';
    timeoutMs?: number;
  }>;

export type DownstreamSample = Readonly<{
  id: string;
  title: LocalText;
  sql: SqlFile;
  budgetMs: number;
  /** What may legally be done when the budget is missed. */
  advice?: LocalText;
}>;

export type DownstreamStep = StepBase &
  Readonly<{
    kind: 'downstream';
    samples: readonly DownstreamSample[];
    /** Each sample is timed this many times; the median is judged. */
    runs?: number;
    as?: 'application';
    timeoutMs?: number;
  }>;

export type CommandStep = StepBase &
  Readonly<{
    kind: 'command';
    /** A shell line of the runbook's author, run by bash with `set -euo pipefail` and an empty standard input. */
    run: string;
    /** True when running it twice does what running it once does; otherwise a crash leaves it in doubt. */
    repeatable?: boolean;
    /** False when it changes nothing in the target; a shell line that does not say so counts as a change. */
    writes?: boolean;
    timeoutMs?: number;
  }>;

/** Somebody other than the operator decides on what stands: core/approval-statement.ts says what is signed. */
export type ApprovalStep = StepBase &
  Readonly<{
    kind: 'approval';
    /** What is being approved. */
    statement: LocalText;
    /** How many persons must approve; 1 when absent. */
    approvers?: number;
    /** 'optional' also takes a name that somebody typed, and is amber then. */
    signature: 'required' | 'optional';
    /** An allowed_signers file of ssh-keygen, in `runbook/<id>/signers/`; part of the plan. */
    signers?: string;
    /** From the moment that was signed; after it no dangerous step starts on this approval. For good when absent. */
    validForMs?: number;
    /** 'allowed' lets the operator approve his own run, as in a rehearsal; 'forbidden' when absent. */
    self?: 'forbidden' | 'allowed';
  }>;

export type StepDefinition =
  | ChecklistStep
  | QueryStep
  | SnapshotStep
  | BackupStep
  | RehearseStep
  | AlembicCheckStep
  | MigrationStep
  | SmokeStep
  | DownstreamStep
  | CommandStep
  | ApprovalStep
  | ToolStep;
export type StepKind = StepDefinition['kind'];

/** What follows a way back; its id is unique among those of its way back. */
export type AfterStep = Omit<ChecklistStep, 'phase'> | Omit<QueryStep, 'phase'>;

type OptionBase = Readonly<{
  id: string;
  title: LocalText;
  why?: LocalText;
  /** What is left to do once it was carried out: the run closes behind it. */
  after?: readonly AfterStep[];
}>;

export type RestoreObjectsOption = OptionBase & Readonly<{kind: 'restore-objects'}>;
export type RevertOption = OptionBase & Readonly<{kind: 'revert'; sql: SqlFile; timeoutMs?: number}>;
/** What Alembic's own downgrade of a migration of this runbook leaves. */
export type DowngradeOption = OptionBase &
  Readonly<{kind: 'downgrade'; migration: StepId; revision: string; timeoutMs?: number}>;
export type DropObjectOption = OptionBase & Readonly<{kind: 'drop-object'}>;
export type RestoreBackupOption = OptionBase & Readonly<{kind: 'restore-backup'; timeoutMs?: number}>;

export type RollbackOption =
  | RestoreObjectsOption
  | RevertOption
  | DowngradeOption
  | DropObjectOption
  | RestoreBackupOption;
export type OptionKind = RollbackOption['kind'];

/** What can be performed: a step of the runbook, or a way back. */
export type Action = StepDefinition | RollbackOption;
export type ActionKind = Action['kind'];
export type Of<K extends ActionKind> = Extract<Action, {kind: K}>;

export type Phase = Readonly<{id: string; title: LocalText; in?: readonly Environment[]}>;

export type TableDefinition = Readonly<{
  /** `schema.table` */
  name: string;
  /** The column that says when a row was last written; lets a restore say how many rows it would lose. */
  changedAt?: string;
}>;

/** When a change may be made, every day: `02:00` to `04:00` of a zone such as `Asia/Seoul`; may cross midnight. */
export type ChangeWindow = Readonly<{start: string; end: string; zone: string}>;
/** Which database an environment is, for those who do not want to be asked; what is left out is not compared. */
export type DeclaredTarget = Readonly<{systemIdentifier: string; database?: string; user?: string}>;

export type EnvironmentDefinition = Readonly<{
  /** Smoke checks and samples marked `as: application` run under this role: an owner does not notice a lost GRANT. */
  applicationRole?: string;
  window?: ChangeWindow;
  target?: DeclaredTarget;
  /** The way there, where it cannot be reached directly. */
  via?: DeclaredVia;
}>;

export type SampleDefinition = Readonly<{
  /** Builds a database to rehearse on, in order. */
  files: readonly SqlFile[];
  /** Given to the files as settings `runbook.<name>`. */
  parameters?: Readonly<Record<string, string>>;
}>;

export type RunbookDefinition = Readonly<{
  format: 'attempt-runbook/1';
  id: string;
  title: LocalText;
  summary: LocalText;
  /** The objects that the change touches, `schema.name`: captured before, compared after, restored on the way back. */
  objects: readonly string[];
  tables: readonly TableDefinition[];
  environments: Readonly<Partial<Record<Environment, EnvironmentDefinition>>>;
  sample?: SampleDefinition;
  phases: readonly Phase[];
  steps: readonly StepDefinition[];
  rollback: readonly RollbackOption[];
  /** What may not change without a new version of the change, and other rules that approvers sign. */
  policy?: readonly LocalText[];
}>;
