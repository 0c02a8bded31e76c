// What the engine needs of the world beside what the steps need.

import type {Attachments} from '../core/attachment.ts';
import type {EvidenceReader} from '../core/evidence-reading.ts';
import type {Approvals} from '../core/approval-port.ts';
import type {Inbox} from '../core/inbox/inbox.ts';
import type {Database, Journal, Processes, Transcripts} from '../core/ports.ts';
import type {RunLoss} from '../core/trouble.ts';
import type {World} from '../steps/kind.ts';

/** Where a plan's files are compared: in the run's own copy alone, or also in the folder that they came from. */
export type PlanCopies = 'own' | 'own-and-source';

export type EngineWorld = Omit<World, 'processes'> &
  Readonly<{
    /** Sessions and children of one attempt all carry its application_name. */
    attempt: (applicationName: string) => Readonly<{database: Database; processes: Processes}>;
    journal: Journal;
    transcripts: Transcripts;
    attachments: Attachments;
    evidence: EvidenceReader;
    approvals: Approvals;
    /** Where others leave signed words while this process has the run; absent where nobody can. */
    inbox?: Inbox;
    /** Masks what must not be shown; absent where nothing is known. */
    redact?: (text: string) => string;
    /** Files of the plan that are no longer what was approved. */
    changedPlanFiles: (where: PlanCopies) => Promise<readonly string[]>;
    /** Another process has the run's directory, or its files were removed: nothing may be written any more. */
    runLoss: () => RunLoss | undefined;
  }>;
