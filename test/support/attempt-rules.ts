// What should the view say? The rules of V1 once more, in TypeScript, from the specification and not from the SQL.
//
// `result_json` is the text of a jsonb value (`result_json::text`): a parsed value has already lost '1.50' and large
// numbers. The texts of numbers are kept by the third argument of JSON.parse's reviver, which Node has from 21 on.
// What makes the view fail makes `attemptRows` throw. Spellings that only PostgreSQL 16 and later read (0x1A, 1_000)
// count as failures, as on 15. Instants have the precision of Date: milliseconds.
import {createHash} from 'node:crypto';

export type ExamResult = {
  readonly id: string;
  readonly session_id: string;
  readonly user_id: string | null;
  readonly result_json: string;
  readonly created_at: Date;
  readonly updated_at: Date | null;
};

/** Bigints as decimal text, uuids in lower case, instants as `toISOString()` writes them. */
export type AttemptRow = {
  readonly id: string;
  readonly student_id: string | null;
  readonly item_id: string;
  readonly correct: boolean;
  readonly response_time_ms: number;
  readonly hint_used: boolean;
  readonly attempt_no: number;
  readonly started_at: string;
  readonly completed_at: string;
  readonly session_id: string;
  readonly topic_id: string | null;
};

type JsonNumber = {readonly numberText: string; readonly [isNumber]: true};
type Json = null | boolean | string | JsonNumber | readonly Json[] | {readonly [key: string]: Json};

const isNumber = Symbol('a number in the text that it was written in');
const integerRange = {least: -(2n ** 31n), greatest: 2n ** 31n - 1n};
const bigintRange = {least: -(2n ** 63n), greatest: 2n ** 63n - 1n};
const truths = new Set(['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1']);
const untruths = new Set(['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0']);

export function attemptRows(results: readonly ExamResult[]): AttemptRow[] {
  const rows = results.flatMap(answersOf);
  const series = new Map<string, Answer[]>();
  for (const row of rows) {
    const key = `${row.student_id} ${row.item_id}`;
    const fellows = series.get(key);
    if (fellows === undefined) series.set(key, [row]);
    else fellows.push(row);
  }
  const numbers = new Map<Answer, number>();
  for (const fellows of series.values()) {
    fellows.sort((a, b) => a.completedMs - b.completedMs || compare(a.resultId, b.resultId) || a.position - b.position);
    fellows.forEach((row, index) => numbers.set(row, index + 1));
  }
  return rows.map((row) => ({
    id: row.id,
    student_id: row.student_id,
    item_id: row.item_id,
    correct: row.correct,
    response_time_ms: row.response_time_ms,
    hint_used: row.hint_used,
    attempt_no: numbers.get(row) ?? 0,
    started_at: new Date(row.completedMs - row.seconds * 1000).toISOString(),
    completed_at: new Date(row.completedMs).toISOString(),
    session_id: row.session_id,
    topic_id: row.topic_id,
  }));
}

type Answer = Omit<AttemptRow, 'attempt_no' | 'started_at' | 'completed_at'> & {
  readonly resultId: string;
  readonly position: number;
  readonly completedMs: number;
  readonly seconds: number;
};

function answersOf(result: ExamResult): Answer[] {
  const questions = member(parseJsonb(result.result_json), 'questions');
  if (questions === undefined) return [];
  if (!Array.isArray(questions)) throw new Error(`${result.id}: questions is no array`);
  const resultId = result.id.toLowerCase();
  const completedMs = (result.updated_at ?? result.created_at).getTime();
  return (questions as readonly Json[]).flatMap((question, position) => {
    const questionId = notEmpty(textOf(question, 'question_id'));
    if (questionId === null) return [];
    const time = notEmpty(textOf(question, 'time_spent_sec'));
    const hints = textOf(question, 'used_hints');
    return [
      {
        id: BigInt.asIntN(64, BigInt(`0x${md5(`${resultId}-${questionId}`).slice(0, 16)}`)).toString(),
        student_id: studentId(result.user_id),
        item_id: wholeNumber(questionId, bigintRange).toString(),
        correct: truth(textOf(question, 'is_correct')) ?? truth(textOf(question, 'correct')) ?? false,
        response_time_ms: time === null ? 0 : rounded(time, 3),
        hint_used: hints !== null && wholeNumber(hints, integerRange) > 0n,
        session_id: result.session_id,
        topic_id: notEmpty(textOf(question, 'topic')),
        resultId,
        position,
        completedMs,
        seconds: time === null ? 0 : rounded(time, 0),
      },
    ];
  });
}

function studentId(userId: string | null): string | null {
  if (userId === null) return null;
  if (!/^[0-9a-fA-F-]{36}$/.test(userId)) return grouped(md5(userId));
  if (!/^[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}$/.test(userId)) throw new Error(`user_id ${userId} is no uuid`);
  return grouped(userId.replaceAll('-', '').toLowerCase());
}

function grouped(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

function truth(text: string | null): boolean | null {
  if (text === null) return null;
  const word = trimmed(text).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (truths.has(word)) return true;
  if (untruths.has(word)) return false;
  throw new Error(`${JSON.stringify(text)} is no boolean`);
}

function wholeNumber(text: string, range: typeof integerRange): bigint {
  const digits = trimmed(text);
  if (!/^[-+]?[0-9]+$/.test(digits)) throw new Error(`${JSON.stringify(text)} is no whole number`);
  return inRange(BigInt(digits.replace('+', '')), range);
}

/** The number times 10^shift as an integer, rounded half away from zero, as PostgreSQL's numeric does. */
function rounded(text: string, shift: number): number {
  const match = /^([-+]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([-+]?[0-9]+))?$/.exec(trimmed(text));
  if (match === null) throw new Error(`${JSON.stringify(text)} is no number`);
  const [, sign, whole = '', fraction = '', onlyFraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction + onlyFraction);
  const written = fraction.length + onlyFraction.length - Number(exponent);
  // numeric keeps 16,383 places after the point; more than that before it would not fit the integer either.
  if (Math.abs(written) > 16383) throw new Error(`${JSON.stringify(text)} overflows numeric`);
  const places = written - shift;
  const divisor = 10n ** BigInt(Math.max(places, 0));
  const size = (2n * digits * 10n ** BigInt(Math.max(-places, 0)) + divisor) / (2n * divisor);
  return Number(inRange(sign === '-' ? -size : size, integerRange));
}

function inRange(value: bigint, range: typeof integerRange): bigint {
  if (value < range.least || value > range.greatest) throw new Error(`${value} is out of range`);
  return value;
}

/** Without what C's isspace() calls space; String.trim() would take more, and the server does not. */
function trimmed(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+/, '').replace(/[ \t\n\v\f\r]+$/, '');
}

function notEmpty(text: string | null): string | null {
  return text === '' ? null : text;
}

function parseJsonb(text: string): Json {
  return JSON.parse(text, (_key: string, value: unknown, context?: {readonly source?: string}): unknown => {
    if (typeof value !== 'number') return value;
    if (context?.source === undefined) throw new Error('this Node does not tell the source of a number in JSON');
    return {numberText: context.source, [isNumber]: true};
  }) as Json;
}

function isJsonNumber(value: object): value is JsonNumber {
  return isNumber in value;
}

function member(value: Json, key: string): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || isJsonNumber(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as {readonly [key: string]: Json})[key] : undefined;
}

/** As the operator ->> gives it: nothing for a missing key or null, a string bare, all else as jsonb writes it. */
function textOf(value: Json, key: string): string | null {
  const found = member(value, key);
  if (found === undefined || found === null) return null;
  return typeof found === 'string' ? found : jsonbText(found);
}

function jsonbText(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`;
  if (isJsonNumber(value)) return value.numberText;
  const members = Object.entries(value as {readonly [key: string]: Json})
    // jsonb keeps keys by length and then by bytes; an object here has put number-like keys first.
    .map(([key, inner]) => ({key, bytes: Buffer.from(key), inner}))
    .sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return `{${members.map(({key, inner}) => `${JSON.stringify(key)}: ${jsonbText(inner)}`).join(', ')}}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Random results that the view takes, with every odd shape that is allowed; the same for the same seed. */
export function generateExamResults(seed: number, count: number): ExamResult[] {
  const dice = rollerOf(seed);
  const students = Math.max(2, Math.floor(count / 6));
  return Array.from({length: count}, (_unused, n): ExamResult => {
    const created = Date.UTC(2026, 0, 1) + dice.below(400) * 86_400_000 + dice.below(86_400_000);
    return {
      id: grouped(md5(`result ${seed} ${n}`)),
      session_id: `generated-${seed}-${n}`,
      user_id: randomUser(dice, dice.below(students)),
      result_json: randomDocument(dice),
      created_at: new Date(created),
      // Few instants on purpose: equal ones must be told apart by the id of the result.
      updated_at: dice.chance(0.1) ? null : new Date(Date.UTC(2026, 5, 1 + dice.below(5), 12, 0, 0, dice.below(3))),
    };
  });
}

type Roller = {
  /** An integer from 0 up to and without the limit. */
  readonly below: (limit: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
};

function rollerOf(seed: number): Roller {
  let state = seed >>> 0;
  const fraction = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return {
    below,
    chance: (probability) => fraction() < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
  };
}

function randomUser(dice: Roller, student: number): string | null {
  const uuid = grouped(md5(`student ${student}`));
  return dice.pick([
    uuid,
    uuid,
    uuid.toUpperCase(),
    // The four hyphens may stand after any groups of four digits, not only the usual ones.
    uuid.replaceAll('-', '').replace(/^(.{4})(.{4})(.{4})(.{16})/, '$1-$2-$3-$4-'),
    `student-${student}`,
    `학생 ${student}`,
    `{${uuid}}`,
    ` ${uuid}`,
    uuid.replaceAll('-', ''),
    '',
    null,
  ]);
}

function randomDocument(dice: Roller): string {
  if (dice.chance(0.06))
    return dice.pick(['{}', '[]', 'null', '"text"', '17', '{"questions": []}', '{"Questions": 5}']);
  const first = dice.below(12);
  const questions = Array.from({length: dice.below(8)}, (_unused, place) =>
    // One item at most once in a result: the order of two would be open.
    dice.chance(0.08)
      ? dice.pick(['null', '5', '"question_id"', '[]', '["question_id", 1]', 'true', '{}', '[{"question_id": 1}]'])
      : randomQuestion(dice, first + place),
  );
  return `{"version": 2, "questions": [${questions.join(', ')}]}`;
}

function randomQuestion(dice: Roller, item: number): string {
  const members: string[] = [];
  const put = (key: string, value: string | null): void => {
    if (value !== null) members.push(`${JSON.stringify(key)}: ${value}`);
  };
  const far = BigInt(item) * 700_000_000_000_000_003n;
  put(
    'question_id',
    dice.pick([
      `${item}`,
      `${item}`,
      `"${item}"`,
      `"${item}"`,
      `"00${item}"`,
      `" ${item}\\n"`,
      `"+${item}"`,
      `-${item + 1}`,
      `${far > bigintRange.greatest ? item : far}`,
      'null',
      '""',
      null,
    ]),
  );
  put(
    'is_correct',
    dice.pick([
      'true',
      'false',
      'true',
      'false',
      'null',
      null,
      '1',
      '0',
      '"t"',
      '"FALSE"',
      '" Yes "',
      '"of"',
      '"tr"',
      '"\\tno"',
    ]),
  );
  put('correct', dice.pick([null, null, 'true', 'false', '"on"', 'null', '0']));
  put(
    'time_spent_sec',
    dice.pick([
      null,
      'null',
      '""',
      '0',
      '12',
      '12.5',
      '"12.5"',
      '0.4',
      '0.5',
      '1.5',
      '2.5',
      '-0.5',
      '-1.5',
      '"0.0005"',
      '"0.00049999999999999999"',
      '"-0.0005"',
      '"2147483.6474"',
      '-2147483.648',
      '"1e3"',
      '"25E-1"',
      '" .5 "',
      '"5."',
      '"+3"',
      '1.50',
      '0.000',
      '"00012"',
      `${dice.below(900)}.${dice.below(1000)}`,
    ]),
  );
  put('used_hints', dice.pick([null, 'null', '0', '1', '2', '"0"', '"3"', '" +1 "', '-1', '"-0"', '2147483647']));
  put(
    'topic',
    dice.pick([
      '"algebra"',
      '"대수"',
      '"geometry"',
      '""',
      'null',
      null,
      '7',
      '1.50',
      'true',
      '[1, "x"]',
      '" "',
      '{"10": 1, "b": [null, {"a": 2.0}]}',
      '"line\\nbreak"',
    ]),
  );
  return `{${members.join(', ')}}`;
}
