// Does every session have what guards it before its first statement, and is one refused that has not?

import {describe, expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {startPooler} from '../../support/pooler.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {settingsOf} from '../../support/run.ts';
import {startWire} from '../../support/wire.ts';

const options = {readOnly: false, statementTimeoutMs: 30_000, lockTimeoutMs: 150, idleInTransactionTimeoutMs: 5000};

describe('a session of the tool', () => {
  test('has its timeouts, its name, and a server that notices when its line is dead', async () => {
    await using database = await createTestDatabase();
    await using wire = await startWire(database);
    // Over TCP, where keepalives mean something.
    const connected = await databaseOf(settingsOf(wire.database), 'attempt-runbook/r-1/apply/1').connect(options);
    if (!connected.ok) throw new Error(JSON.stringify(connected.failure));
    const names = [
      'lock_timeout',
      'statement_timeout',
      'idle_in_transaction_session_timeout',
      'client_connection_check_interval',
      'application_name',
      'search_path',
    ];
    const answer = await connected.value.query(
      'SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY (string_to_array($1, $2)) ORDER BY name',
      {values: [names.join(','), ',']},
    );
    await connected.value.close();
    expect(answer.ok && Object.fromEntries(answer.value.rows.map(({name, setting}) => [name, setting]))).toEqual({
      application_name: 'attempt-runbook/r-1/apply/1',
      client_connection_check_interval: '500',
      idle_in_transaction_session_timeout: '5000',
      lock_timeout: '150',
      search_path: 'pg_catalog',
      statement_timeout: '30000',
    });
    expect(wire.sent().some((sql) => sql.includes("set_config('tcp_keepalives_idle', '10', false)"))).toBe(true);
  });

  test.each([true, false])('is refused when another server session answers for it: read-only %s', async (readOnly) => {
    await using database = await createTestDatabase();
    const pooler = await startPooler(`${database.host}/.s.PGSQL.${database.port}`);
    try {
      const settings = {...settingsOf(database), host: pooler.host, port: pooler.port, sslmode: 'disable'};
      const connected = await databaseOf(settings, 'attempt-runbook/r-1/apply/1').connect({...options, readOnly});
      expect(connected).toMatchObject({ok: false, failure: {code: 'session-unguarded'}});
      expect(!connected.ok && connected.failure.code === 'session-unguarded' && connected.failure.missing).toContain(
        'lock_timeout: 150ms -> 0',
      );
    } finally {
      await pooler.close();
    }
  });
});
