// Does lint refuse checks that claim to share a read and do not begin with the same queries?

import {describe, expect, it} from 'vitest';

import {changed, line, load, problemsOf, shipped} from './fixtures.ts';

const found = (key: string, from: string, to: string): readonly string[] =>
  problemsOf(load(changed(key, from, to, shipped()))).map(line);

describe('a shared read', () => {
  it('is sound in the shipped runbook', () => {
    expect(problemsOf(load(shipped()))).toEqual([]);
  });

  it.each([
    ['another number', 'LIMIT 2000', 'LIMIT 200', '7:12'],
    ['another comment', 'SELECT er.id,', 'SELECT /* all */ er.id,', '4:10'],
    ['another blank', 'FROM public.exam_results AS er', 'FROM  public.exam_results AS er', '5:8'],
  ])('is refused in a file that has %s, at the place', (_name, from, to, place) => {
    expect(found('sql/smoke/130_item_id.sql', from, to)).toEqual([`sql/smoke/130_item_id.sql:${place} read-differs`]);
  });

  it('is refused in each file that differs from the first', () => {
    const differ = found('sql/smoke/020_newest_five.sql', 'LIMIT 2000', 'LIMIT 200');
    expect(differ).toHaveLength(10);
    expect(differ[0]).toBe('sql/smoke/110_id.sql:7:12 read-differs');
  });

  it('says which queries a file begins with instead', () => {
    const of = (from: string, to: string) => problemsOf(load(changed('sql/smoke/210_topic_id.sql', from, to, shipped())));
    expect(of('WITH newest AS (', 'WITH recent AS (')).toMatchObject([
      {code: 'read-missing', read: 'newest-results', wanted: 'newest, answer, seen', found: 'recent, answer, seen, expected, actual, difference', line: 3, column: 1},
    ]);
    expect(of('WITH newest AS (', 'WITH RECURSIVE newest AS (')).toMatchObject([{code: 'read-missing', found: ''}]);
  });

  it('must be declared, once, and shared by two at least', () => {
    const yaml = (from: string, to: string) => found('runbook.yaml', from, to).map((one) => one.replace(/^\S+ /, ''));
    expect(yaml('      - id: every-row\n', '      - id: every-line\n')).toEqual([
      'read-not-shared steps[25].shared[0].id',
      ...[0, 3, 4].map((at) => `read-unknown steps[25].checks[${at}].shares`),
    ]);
    expect(yaml('      - id: every-row\n', '      - id: newest-results\n')).toEqual(
      expect.arrayContaining(['duplicate steps[25].shared[1].id']),
    );
  });
});
