// How a rehearsal's own server is reached.

import type {EmbeddedRecord} from '../adapters/embedded/server.ts';
import {completed, type CompleteSettings} from '../adapters/postgres/source.ts';

/** No variable of the operator's environment may redirect a rehearsal: everything comes from the record. */
export const embeddedSettings = (record: EmbeddedRecord): CompleteSettings =>
  completed(
    {host: record.socketDirectory, port: record.port, user: record.user, database: record.database, sslmode: 'disable'},
    {},
  );
