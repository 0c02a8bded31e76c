// Does the loader take what is fit and find everything that is not?

import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {loadAnswers} from '../../../src/runbook/answers.ts';
import {loadRunbook} from '../../../src/runbook/load.ts';
import {bytes, changed, fixtures, line, load, orders, problemsOf, shipped} from './fixtures.ts';

const codes = (files: Parameters<typeof load>[0]): readonly string[] => problemsOf(load(files)).map(line);

describe('fit runbooks', () => {
  it('loads the orders runbook with exactly the files that it refers to', () => {
    const files = new Map([...orders(), ['sql/apply/999_forgotten.sql', bytes('drop table x cascade')]]);
    const loaded = load(files);
    expect(problemsOf(loaded)).toEqual([]);
    expect(loaded.ok && loaded.runbook.id).toBe('orders-add-status');
    expect(loaded.ok && [...loaded.files.keys()]).toEqual([
      'runbook.yaml',
      ...[...orders().keys()].slice(1).toSorted(),
    ]);
  });

  it('gives the bytes back untouched', () => {
    const files = orders();
    const loaded = load(files);
    expect(loaded.ok && loaded.files.get('sql/apply/010_add_status.sql')).toBe(
      files.get('sql/apply/010_add_status.sql'),
    );
  });

  it('does not fill in defaults', () => {
    const loaded = load(orders());
    const step = loaded.ok ? loaded.runbook.steps.find(({id}) => id === 'no-status-yet') : undefined;
    expect(step).toStrictEqual({
      id: 'no-status-yet',
      phase: 'before',
      kind: 'query',
      sql: 'preflight/010_no_status_yet.sql',
      expect: 'no-rows',
      title: {en: 'The column is not there yet', ko: '컬럼이 아직 없음'},
    });
  });

  it('wants the folder to have the name of the runbook', () => {
    expect(problemsOf(loadRunbook({files: orders(), folder: 'orders-add-status'}))).toEqual([]);
    expect(problemsOf(loadRunbook({files: orders(), folder: 'orders'})).map(line)).toEqual([
      'runbook.yaml:3:5 id-differs-from-folder id',
    ]);
  });
});

describe('documents that are not fit', () => {
  const folder = join(fixtures, 'invalid');
  for (const name of readdirSync(folder)) {
    it(name, () => {
      // Its SQL comes from the orders runbook, so that only what the document says is wrong.
      const files = new Map([...orders(), ['runbook.yaml', readFileSync(join(folder, name, 'runbook.yaml'))]]);
      const found = codes(files)
        .map((of) => `${of}\n`)
        .join('');
      const golden = join(folder, name, 'expected.txt');
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, found);
      expect(found).toBe(readFileSync(golden, 'utf8'));
      expect(found).not.toBe('');
    });
  }

  it('says so when there is no runbook.yaml', () => {
    expect(codes(new Map())).toEqual(['runbook.yaml:1:1 file-missing']);
  });

  it('refuses a document of more than 1 MiB without reading it', () => {
    const big = changed('runbook.yaml', 'format:', `#${'x'.repeat(1_048_576)}\nformat:`);
    expect(codes(big)).toEqual(['runbook.yaml:1:1 file-too-big']);
  });
});

describe('checks between the parts', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'an unknown phase',
      'phase: before\n    kind: query',
      'phase: befor\n    kind: query',
      ['phase-unknown steps[1].phase'],
    ],
    [
      'a phase without steps',
      'steps:\n',
      '  - {id: after, title: {en: After, ko: 사후 점검}}\nsteps:\n',
      ['phase-without-steps phases[2].id'],
    ],
    ['a missing file', 'sql: preflight/010', 'sql: preflight/011', ['sql-file-missing steps[1].sql']],
    ['a path that leaves the folder', 'sql: preflight/010', 'sql: ../other/010', ['sql-path-outside steps[1].sql']],
    ['an absolute path', 'sql: preflight/010', 'sql: /preflight/010', ['sql-path-outside steps[1].sql']],
    ['a backslash', 'sql: preflight/010', 'sql: preflight\\010', ['sql-path-malformed steps[1].sql']],
    [
      'an environment that is not declared',
      'in: [rehearsal]',
      'in: [production]',
      ['environment-undeclared steps[6].in[0]'],
    ],
    [
      'a migration without verify',
      'transaction: whole\n    apply: [apply/010_add_status.sql]\n    verify: verify/010_status.sql',
      'transaction: none\n    apply: [verify/010_status.sql]',
      ['verify-missing steps[4].transaction'],
    ],
    [
      'an application role that is missing in one environment',
      'staging: {applicationRole: shop_reader}',
      'staging: {}',
      ['application-role-missing steps[5].as'],
    ],
    [
      'a window with a time that is none',
      'staging: {applicationRole: shop_reader}',
      "staging: {applicationRole: shop_reader, window: {start: '2:00', end: '04:00', zone: Asia/Seoul}}",
      ['time-malformed environments.staging.window.start'],
    ],
    [
      'a window in a zone that does not exist',
      'staging: {applicationRole: shop_reader}',
      "staging: {applicationRole: shop_reader, window: {start: '02:00', end: '04:00', zone: Asia/Soul}}",
      ['zone-unknown environments.staging.window.zone'],
    ],
    [
      'a loss that is accepted where nothing is put back',
      'verify: verify/010_status.sql',
      'verify: verify/010_status.sql\n    accept: [{object: public.a, reason: {en: Old, ko: 낡음}}]',
      ['accept-in-vain steps[4].accept'],
    ],
    [
      'rows that no query step finds',
      'kind: smoke\n',
      'kind: smoke\n    findBy: [agreed]\n',
      ['find-by-unknown steps[5].findBy[0]'],
    ],
    [
      'a change behind a way back',
      'title: {en: Drop the column, ko: 컬럼 삭제}\n',
      `title: {en: Drop the column, ko: 컬럼 삭제}
    after:
      - {id: told, kind: checklist, title: {en: Told, ko: 알림}, items: [{id: a, text: {en: A, ko: 가}}]}
      - {id: more, kind: migration, migrator: sql, title: {en: More, ko: 더}, transaction: whole, apply: [a.sql]}\n`,
      ['after-kind-wrong rollback[0].after[1].kind'],
    ],
    [
      'steps behind a way back that share an id, a phase that they do not have, and a file that is not there',
      'title: {en: Drop the column, ko: 컬럼 삭제}\n',
      `title: {en: Drop the column, ko: 컬럼 삭제}
    after:
      - {id: told, kind: checklist, title: {en: Told, ko: 알림}, items: [{id: a, text: {en: A, ko: 가}}]}
      - {id: told, kind: query, title: {en: Asked, ko: 질의}, sql: gone.sql, expect: verdict}\n`,
      ['duplicate rollback[0].after[1].id', 'sql-file-missing rollback[0].after[1].sql'],
    ],
    [
      'a phase behind a way back',
      'title: {en: Drop the column, ko: 컬럼 삭제}\n',
      `title: {en: Drop the column, ko: 컬럼 삭제}
    after:
      - {id: told, phase: change, kind: query, title: {en: Asked, ko: 질의}, sql: smoke/010_status.sql, expect: rows}\n`,
      ['key-unknown rollback[0].after[0].phase'],
    ],
    [
      'an application role that is missing behind a way back, and an environment that is not declared',
      'title: {en: Drop the column, ko: 컬럼 삭제}\n',
      `title: {en: Drop the column, ko: 컬럼 삭제}
    after:
      - id: seen
        kind: query
        as: application
        in: [staging, production]
        title: {en: Asked, ko: 질의}
        sql: smoke/010_status.sql
        expect: rows\n`,
      ['environment-undeclared rollback[0].after[0].in[1]'],
    ],
    [
      'a query that confirms no checklist before it',
      'expect: no-rows\n',
      'expect: no-rows\n    confirms: snapshot\n',
      ['confirms-unknown steps[1].confirms'],
    ],
    [
      'a query behind a way back that confirms a checklist of the way there',
      'title: {en: Drop the column, ko: 컬럼 삭제}\n',
      `title: {en: Drop the column, ko: 컬럼 삭제}
    after:
      - {id: seen, kind: query, confirms: agreed, title: {en: A, ko: 가}, sql: smoke/010_status.sql, expect: rows}\n`,
      ['confirms-unknown rollback[0].after[0].confirms'],
    ],
    ['an object without its schema', 'objects: []', 'objects: [orders]', ['name-not-qualified objects[0]']],
    ['a table without its schema', 'name: public.orders', 'name: orders', ['name-not-qualified tables[0].name']],
    ['an id in capitals', 'id: agreed\n    phase', 'id: Agreed\n    phase', ['id-malformed steps[0].id']],
    [
      'a backup that may be waived',
      'kind: backup\n',
      'kind: backup\n    optional: true\n',
      ['migration-without-backup steps[4].kind', 'migration-without-backup steps[4].kind'],
    ],
    [
      'declared objects without a snapshot',
      'kind: snapshot\n',
      'kind: command\n    run: true-ish\n',
      ['option-without-snapshot rollback[0].kind', 'option-without-snapshot rollback[0].kind'],
    ],
    [
      'no way back',
      'rollback:\n  - id: drop-status\n    kind: revert\n    sql: revert/010_drop_status.sql\n    title: {en: Drop the column, ko: 컬럼 삭제}\n',
      'rollback: []\n',
      ['no-way-back rollback'],
    ],
    [
      'a way back for objects that nobody declared',
      'kind: revert\n    sql: revert/010_drop_status.sql',
      'kind: drop-object',
      ['option-without-objects rollback[0].kind'],
    ],
    ['a blank text', 'ko: 컬럼 추가}', "ko: ' '}", ['text-blank steps[4].title.ko']],
    [
      'a text in one language',
      'title: {en: Add the column, ko: 컬럼 추가}',
      'title: {en: Add the column}',
      ['key-missing steps[4].title.ko'],
    ],
    ['the same environment twice', 'in: [rehearsal]', 'in: [rehearsal, rehearsal]', ['duplicate steps[6].in[1]']],
    [
      'a step that its phase leaves out',
      '{id: change, title',
      '{id: change, in: [staging], title',
      ['step-outside-phase steps[6].in[0]'],
    ],
  ];
  for (const [name, from, to, expected] of cases) {
    it(name, () => {
      const found = problemsOf(load(changed('runbook.yaml', from, to)));
      expect(found.map(({code, path}) => `${code} ${path}`)).toEqual(expected);
    });
  }

  it('wants a snapshot before a migration of declared objects, in every environment that has it', () => {
    const declared = changed('runbook.yaml', 'objects: []', 'objects: [public.orders]');
    expect(problemsOf(load(declared))).toEqual([]);
    const late = changed(
      'runbook.yaml',
      'id: snapshot\n    phase: before',
      'id: snapshot\n    phase: change\n    in: [staging]',
      declared,
    );
    expect(problemsOf(load(late))).toMatchObject([
      {code: 'migration-without-snapshot', environment: 'rehearsal', path: 'steps[4].kind'},
    ]);
  });

  it('wants a snapshot before a restore of the backup, which is compared with it', () => {
    const restored = changed('runbook.yaml', 'kind: revert\n    sql: revert/010_drop_status.sql', 'kind: restore-backup');
    expect(problemsOf(load(restored)).map(({code}) => code)).not.toContain('option-without-snapshot');
    const without = changed('runbook.yaml', 'kind: snapshot\n', 'kind: command\n    run: true-ish\n', restored);
    expect(problemsOf(load(without)).map(({code}) => code)).toContain('option-without-snapshot');
  });

  it('asks for an application role only where the step runs', () => {
    const files = changed('runbook.yaml', 'staging: {applicationRole: shop_reader}', 'staging: {}');
    expect(
      problemsOf(load(changed('runbook.yaml', 'as: application', 'in: [rehearsal]\n    as: application', files))),
    ).toEqual([]);
  });

  it('judges what comes before by the order of the walk, not of the file', () => {
    const swapped = changed(
      'runbook.yaml',
      '  - {id: before, title: {en: Before, ko: 사전 점검}}\n  - {id: change, title: {en: Change, ko: 변경}}\n',
      '  - {id: change, title: {en: Change, ko: 변경}}\n  - {id: before, title: {en: Before, ko: 사전 점검}}\n',
    );
    expect(problemsOf(load(swapped)).map(({code}) => code)).toContain('migration-without-backup');
  });

  it('finds duplicates of every kind and names the line of the first', () => {
    const twice = changed('runbook.yaml', 'id: no-status-yet', 'id: agreed');
    expect(problemsOf(load(twice))).toMatchObject([
      {code: 'duplicate', what: 'step', id: 'agreed', firstLine: 19, line: 25},
    ]);
  });

  it('finds trouble between sound parts although another part is broken', () => {
    const files = changed('runbook.yaml', 'id: no-status-yet', 'id: agreed');
    const broken = changed('runbook.yaml', 'repeatable: true', 'repeatable: maybe', files);
    expect(problemsOf(load(broken)).map(({code}) => code)).toEqual(['duplicate', 'type-wrong']);
  });

  it('does not call a phase unknown while the phases themselves are broken', () => {
    const broken = changed(
      'runbook.yaml',
      '{id: before, title: {en: Before, ko: 사전 점검}}',
      '{id: before, titel: {en: Before, ko: 사전 점검}}',
    );
    expect(
      problemsOf(load(broken))
        .map(({code}) => code)
        .toSorted(),
    ).toEqual(['key-missing', 'key-unknown']);
  });
});

describe('a declared target', () => {
  const id = '7411930284756109021';
  const declaring = (staging: string, production?: string) => {
    const of = (target: string): string => `{applicationRole: shop_reader, target: ${target}}`;
    const more = production === undefined ? '' : `\n  production: ${of(production)}`;
    const from = '  staging: {applicationRole: shop_reader}';
    return changed('runbook.yaml', from, `  staging: ${of(staging)}${more}`);
  };

  it('is a system identifier in quotes, with or without database and role', () => {
    expect(codes(declaring(`{systemIdentifier: '${id}'}`))).toEqual([]);
    expect(codes(declaring(`{systemIdentifier: '${id}', database: Shop, user: deployer}`))).toEqual([]);
    // As a number it would have lost its last digits on the way.
    expect(codes(declaring(`{systemIdentifier: ${id}}`))).toEqual([
      'runbook.yaml:11:70 type-wrong environments.staging.target.systemIdentifier',
    ]);
    expect(codes(declaring("{systemIdentifier: '7411..9021'}"))).toEqual([
      'runbook.yaml:11:70 system-identifier-malformed environments.staging.target.systemIdentifier',
    ]);
    expect(codes(declaring('{database: shop}'))).toEqual([
      'runbook.yaml:11:51 key-missing environments.staging.target.systemIdentifier',
    ]);
  });

  it('cannot be that of two environments, nor possibly be', () => {
    const shared = 'runbook.yaml:12:54 target-shared environments.production.target';
    const both = (staging: string, production: string) =>
      codes(declaring(`{systemIdentifier: '${id}'${staging}}`, `{systemIdentifier: '${id}'${production}}`));
    expect(both('', '')).toEqual([shared]);
    expect(both(', database: shop', '')).toEqual([shared]);
    expect(both(', database: shop', ', database: shop')).toEqual([shared]);
    expect(both(', database: shop', ', database: shop_staging')).toEqual([]);
  });

  it('is nothing for a rehearsal, whose server is made for it', () => {
    const from = '  rehearsal: {applicationRole: shop_reader}';
    const to = `  rehearsal: {applicationRole: shop_reader, target: {systemIdentifier: '${id}'}}`;
    expect(codes(changed('runbook.yaml', from, to))).toEqual([
      'runbook.yaml:10:45 key-unknown environments.rehearsal.target',
    ]);
  });
});

describe('SQL files', () => {
  it('are checked with their place, after the document', () => {
    const files = changed('sql/apply/010_add_status.sql', 'UPDATE', '  COMMIT;\n\\i other.sql\nUPDATE');
    const both = changed('runbook.yaml', 'repeatable: true', 'repeatabel: true', files);
    expect(codes(both)).toEqual([
      'runbook.yaml:63:5 key-unknown steps[6].repeatabel',
      'sql/apply/010_add_status.sql:4:3 sql-transaction-control',
      'sql/apply/010_add_status.sql:5:1 sql-meta-command',
    ]);
  });

  it('outside of a transaction have one statement', () => {
    const files = changed('runbook.yaml', 'transaction: whole', 'transaction: none');
    expect(codes(files)).toEqual(['sql/apply/010_add_status.sql:4:1 sql-several-statements']);
  });
});

describe('the shipped runbook', () => {
  it('loads', () => {
    expect(problemsOf(loadRunbook({files: shipped(), folder: 'attempt-view-v1-lock'})).map(line)).toEqual([]);
  });
});

describe('what follows a way back', () => {
  const followed = changed(
    'runbook.yaml',
    'title: {en: Drop the column, ko: 컬럼 삭제}\n',
    `title: {en: Drop the column, ko: 컬럼 삭제}
    after:
      - {id: told, kind: checklist, title: {en: Told, ko: 알림}, items: [{id: a, text: {en: A, ko: 가}}]}
      - {id: seen, kind: query, confirms: told, title: {en: Asked, ko: 질의}, sql: after/010_seen.sql, expect: verdict}\n`,
  );
  const withFile = new Map([...followed, ['sql/after/010_seen.sql', bytes('SELECT 1;\n')]]);

  it('is a part of the plan with its files', () => {
    const loaded = load(withFile);
    expect(problemsOf(loaded)).toEqual([]);
    expect(loaded.ok && [...loaded.files.keys()]).toContain('sql/after/010_seen.sql');
    expect(loaded.ok && loaded.runbook.rollback[0]?.after?.map(({id}) => id)).toEqual(['told', 'seen']);
  });

  it('is answered under the ids of the journal, which lint knows', () => {
    const loaded = load(withFile);
    if (!loaded.ok) throw new Error('the runbook must load');
    const read = (text: string) =>
      loadAnswers({file: 'a.yaml', bytes: bytes(`format: attempt-runbook-answers/1\nsteps:\n${text}`), runbook: loaded.runbook});
    const fit = read('  rollback/drop-status/told: {check: all}\n  rollback/drop-status/seen: {start: true}\n');
    expect(fit.ok && [...fit.answers.steps.keys()]).toEqual(['rollback/drop-status/told', 'rollback/drop-status/seen']);
    const codes = (text: string) => {
      const unfit = read(text);
      return unfit.ok ? [] : unfit.problems.map(({line: at, column, code}) => `${at}:${column} ${code}`);
    };
    expect(codes('  rollback/drop-status/tell: {check: all}\n')).toEqual(['3:3 answer-step-unknown']);
    expect(codes('  rollback/drop-status/told: {start: true}\n')).toEqual(['3:31 answer-does-not-fit']);
    expect(codes('  told: {check: all}\n')).toEqual(['3:3 answer-step-unknown']);
    expect(codes('  rollback/Drop/told: {check: all}\n')).toEqual(['3:3 id-malformed']);
  });
});
