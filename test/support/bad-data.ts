// Which kinds of bad data make V1 fail, each as a row that can be written?

/**
 * 91 shapes of data were once tried by hand on the view: 37 of them break `SELECT *`, and count(*) notices 14 of those.
 * Each is told by what it is in, its value, and the check of the column that cannot be computed. (The list in the
 * background report spells out 36; the last one here, a bad `correct` that no `is_correct` hides, makes up the number.)
 */
export const badKinds = [
  {of: 'questions', value: 'null', check: 'item-id', isCounted: true},
  {of: 'questions', value: '"x"', check: 'item-id', isCounted: true},
  {of: 'questions', value: '5', check: 'item-id', isCounted: true},
  {of: 'questions', value: '{}', check: 'item-id', isCounted: true},
  {of: 'user_id', value: '-'.repeat(36), check: 'student-id', isCounted: true},
  {of: 'user_id', value: '0123456789abcdef0123456789abcdef0123', check: 'student-id', isCounted: true},
  {of: 'user_id', value: '012345678-9ab-cdef-0123-456789abcdef', check: 'student-id', isCounted: true},
  {of: 'question_id', value: '"q12"', check: 'item-id', isCounted: true},
  {of: 'question_id', value: '" "', check: 'item-id', isCounted: true},
  {of: 'question_id', value: '1.5', check: 'item-id', isCounted: true},
  {of: 'question_id', value: '1.0', check: 'item-id', isCounted: true},
  {of: 'question_id', value: 'true', check: 'item-id', isCounted: true},
  {of: 'question_id', value: '{}', check: 'item-id', isCounted: true},
  {of: 'question_id', value: '9223372036854775808', check: 'item-id', isCounted: true},
  {of: 'time_spent_sec', value: '"abc"', check: 'started-at', isCounted: false},
  {of: 'time_spent_sec', value: 'true', check: 'started-at', isCounted: false},
  {of: 'time_spent_sec', value: '"12s"', check: 'started-at', isCounted: false},
  {of: 'time_spent_sec', value: '"3,5"', check: 'started-at', isCounted: false},
  {of: 'time_spent_sec', value: '[]', check: 'started-at', isCounted: false},
  {of: 'time_spent_sec', value: '2147483.648', check: 'response-time-ms', isCounted: false},
  {of: 'time_spent_sec', value: '1e10', check: 'response-time-ms', isCounted: false},
  {of: 'time_spent_sec', value: '1e400', check: 'started-at', isCounted: false},
  {of: 'time_spent_sec', value: '"NaN"', check: 'response-time-ms', isCounted: false},
  {of: 'time_spent_sec', value: '"Infinity"', check: 'response-time-ms', isCounted: false},
  {of: 'used_hints', value: 'true', check: 'hint-used', isCounted: false},
  {of: 'used_hints', value: 'false', check: 'hint-used', isCounted: false},
  {of: 'used_hints', value: '1.0', check: 'hint-used', isCounted: false},
  {of: 'used_hints', value: '0.5', check: 'hint-used', isCounted: false},
  {of: 'used_hints', value: '""', check: 'hint-used', isCounted: false},
  {of: 'used_hints', value: '[]', check: 'hint-used', isCounted: false},
  {of: 'used_hints', value: '3000000000', check: 'hint-used', isCounted: false},
  {of: 'is_correct', value: '"maybe"', check: 'correct', isCounted: false},
  {of: 'is_correct', value: '2', check: 'correct', isCounted: false},
  {of: 'is_correct', value: '""', check: 'correct', isCounted: false},
  {of: 'is_correct', value: '"o"', check: 'correct', isCounted: false},
  {of: 'is_correct', value: '0.5', check: 'correct', isCounted: false},
  {of: 'correct', value: '"maybe"', check: 'correct', isCounted: false},
] as const;

export type BadKind = (typeof badKinds)[number];

export const badDocument = ({of, value}: BadKind): string => {
  switch (of) {
    case 'questions':
      return `{"questions": ${value}}`;
    case 'user_id':
      return '{"questions": [{"question_id": 1}]}';
    case 'question_id':
      return `{"questions": [{"question_id": ${value}}]}`;
    case 'time_spent_sec':
    case 'used_hints':
    case 'is_correct':
    case 'correct':
      return `{"questions": [{"question_id": 1, "${of}": ${value}}]}`;
  }
};

const insert = `INSERT INTO public.exam_results (session_id, user_id, result_json, created_at, updated_at)
  VALUES ('the bad one', $1, $2::jsonb, $3::timestamptz, $3::timestamptz)`;
/** The statement and its values; the row is of this time. */
export const badInsertion = (kind: BadKind, at: string): readonly [string, string[]] => [
  insert,
  [kind.of === 'user_id' ? kind.value : 'student', badDocument(kind), at],
];

export const BAD_REMOVAL = `DELETE FROM public.exam_results WHERE session_id = 'the bad one'`;
