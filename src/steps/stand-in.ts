// What a rehearsal does for a backup on a machine without pg_dump: it copies the declared tables, and calls it that.

import {quoteQualified} from '../catalog/names.ts';
import type {FactsOf, TableCount} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {StepContext} from './kind.ts';
import {withReader} from './sessions.ts';

/** Rows as JSON lines in one sealed file. It cannot be restored by pg_restore, and no way back is offered from it. */
export const standIn = (context: StepContext): Promise<Result<FactsOf<'backup'>>> =>
  withReader(context, {}, async (session) => {
    const began = context.clock.monotonicMs();
    const takenAt = context.clock.now();
    const lines: string[] = [];
    const tables: TableCount[] = [];
    for (const {name} of context.runbook.tables) {
      const answer = await session.query(`SELECT to_jsonb(t)::text AS line FROM ${quoteQualified(name)} AS t`);
      if (!answer.ok) return answer;
      lines.push(
        ...answer.value.rows.map((row) => `{"table":${JSON.stringify(name)},"row":${row['line'] ?? 'null'}}\n`),
      );
      tables.push({table: name, rows: answer.value.count});
    }
    const path = `artifacts/${context.step}.${context.attempt}.stand-in.ndjson`;
    const written = await context.files.write(path, lines.join(''), 'application/x-ndjson');
    if (!written.ok) return written;
    context.scribe.sealed(written.value);
    context.scribe.output('note', `stand-in for pg_dump; ${context.processes.installHint()}\n`);
    return success({
      kind: 'backup',
      method: 'stand-in',
      path,
      bytes: written.value.bytes,
      sha256: written.value.sha256,
      entries: tables.length,
      durationMs: Math.round(context.clock.monotonicMs() - began),
      takenAt,
      clientVersion: '',
      tables,
    });
  });
