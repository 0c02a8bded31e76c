// How the target of a run is found again when the run goes on.

import type {EmbeddedRecord} from '../adapters/embedded/server.ts';
import type {MadeNote} from './made-target.ts';
import type {RunbookFolder} from '../adapters/runbook-folder.ts';

/** How the target is reached again, kept beside the journal: the name of the source, never what it holds. */
export type ConnectionNote = Readonly<{
  source?: string;
  /** The bastion that the command line named. */
  ssh?: string;
  embedded?: EmbeddedRecord;
  /** The database that a rehearsal made for itself on the server of `source`. */
  made?: MadeNote;
  folder: RunbookFolder;
  /** The source of the server that scratch databases go to, where the operator named one. */
  scratch?: string;
}>;

export const CONNECTION_NOTE = 'connection.json';
