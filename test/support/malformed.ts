// Which results may somebody have stored, right, wrong, and on the border between the two? Random ones, by a seed.

export type StoredResult = Readonly<{userId: string | null; json: string; completedAt: string | null}>;

type Dice = Readonly<{
  below: (limit: number) => number;
  pick: <T>(from: readonly T[]) => T;
  chance: (share: number) => boolean;
}>;

/** mulberry32: the same numbers for the same seed, on every machine. */
export const diceOf = (seed: number): Dice => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (from) => {
      if (from.length === 0) throw new Error('nothing to pick from');
      return from[below(from.length)] as (typeof from)[number];
    },
    chance: (share) => next() < share,
  };
};

const digits = (dice: Dice, length: number, of = '0123456789'): string =>
  Array.from({length}, () => of[dice.below(of.length)]).join('');

/** What C's isspace() takes, and what only looks like it. */
const BLANKS = [' ', '\t', '\n', '\v', '\f', '\r', '  ', '\u00a0', '\u2003', '\u0085', '\ufeff'];
const JUNK = [
  '',
  '-',
  '+',
  '.',
  'e',
  '_',
  ',',
  'x',
  '0',
  '１',
  '٣',
  '½',
  '0x',
  "'",
  'π',
  '\u0001',
  '--',
  '1',
  'L',
  'n',
];

/** Numbers of every length up to the limits of numeric (16,383 places, 131,072 digits) and a little beyond. */
const LENGTHS = [1, 2, 3, 5, 9, 10, 18, 19, 20, 40, 300, 1000, 6000, 6001, 10_000, 16_382, 16_383, 16_384, 20_000];

const wholeText = (dice: Dice): string =>
  dice.pick([
    () => digits(dice, 1 + dice.below(10)),
    () => `${dice.pick(['', '-', '+'])}${digits(dice, 1 + dice.below(20))}`,
    () => `${'0'.repeat(dice.pick(LENGTHS))}${digits(dice, dice.below(20))}`,
    () => digits(dice, dice.pick(LENGTHS)),
    () => dice.pick(['9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809']),
    () => dice.pick(['2147483647', '2147483648', '-2147483648', '-2147483649', '-0', '+0', '-', '+', '00']),
    () =>
      `0${dice.pick(['x', 'X'])}${dice.pick(['', '_'])}${digits(dice, 1 + dice.below(18), '0123456789abcdefABCDEF_')}`,
    () => `${dice.pick(['', '-'])}0${dice.pick(['o', 'O', 'b', 'B'])}${digits(dice, 1 + dice.below(66), '01')}`,
    () => dice.pick(['0x7fffffffffffffff', '0x8000000000000000', '-0x8000000000000000', '0x7fffffff', '0x80000000']),
    () => dice.pick(['1_000', '1__0', '_1', '1_', '0_1', '0x_1', '0x1_', '1_000_000_000_000', '2_147_483_648']),
    () => `0x${'0'.repeat(dice.pick(LENGTHS))}${digits(dice, dice.below(17), 'f0')}`,
  ])();

const exponent = (dice: Dice): string =>
  dice.pick(['e', 'E']) +
  dice.pick(['', '-', '+']) +
  dice.pick([
    () => `${dice.below(12)}`,
    () => `${dice.below(400)}`,
    () => `0${dice.below(12)}`,
    () => `${'0'.repeat(dice.below(30))}${dice.below(5)}`,
    () =>
      dice.pick(['', '-', '16383', '16384', '16390', '99999', '131071', '131072', '131073', '1_0', '9999', '10000']),
    () =>
      dice.pick([' 5', '\t-3', '1073741822', '1073741823', '1073741824', '2147483647', '99999999999', '1.5', '0x1']),
  ])();

const decimalText = (dice: Dice): string =>
  dice.pick([
    () => `${dice.below(900)}.${dice.below(1000)}`,
    () => `${dice.pick(['', '-', '+'])}${digits(dice, dice.below(9))}.${digits(dice, dice.below(9))}`,
    () => `${dice.pick(['', '-'])}${digits(dice, dice.below(8))}.${digits(dice, dice.pick(LENGTHS))}`,
    () => `0.${'0'.repeat(dice.pick(LENGTHS))}${digits(dice, dice.below(3))}`,
    () => `0.${'0'.repeat(dice.pick(LENGTHS))}1e${dice.pick(LENGTHS)}`,
    () => `${digits(dice, 1 + dice.below(8))}${'0'.repeat(dice.pick(LENGTHS))}e-${dice.pick(LENGTHS)}`,
    () => `${dice.pick(['0', '0.0', '.0', '0.'])}${exponent(dice)}`,
    () => `${digits(dice, 1 + dice.below(5))}${dice.pick(['', '.', '.5'])}${exponent(dice)}`,
    () => dice.pick(['2147483.647', '2147483.6474999', '2147483.6475', '2147483.648', '2147484', '-2147483.648']),
    () =>
      dice.pick(['-2147483.6485', '-2147483.64849', '-2147484', '2147483.9', '0.0004', '0.0005', '-0.0005', '.', '-.']),
    () =>
      dice.pick(['NaN', 'nan', 'Infinity', '-Infinity', 'inf', '+inf', 'infinit', 'Inf ', '-nan', '1 2', '1e', 'e1']),
    () => wholeText(dice),
  ])();

const BOOLEANS = ['t', 'tr', 'tru', 'true', 'f', 'fa', 'fals', 'false', 'y', 'ye', 'yes', 'n', 'no', 'on', 'of', 'off'];

const booleanText = (dice: Dice): string =>
  dice.pick([
    () => dice.pick(BOOLEANS),
    () => dice.pick(BOOLEANS).toUpperCase(),
    () => dice.pick(['1', '0', '2', '01', '00', '10', '', ' ', 'o', 'O', 'truee', 'yess', 'tRuE', 'ofF', 'null', '-1']),
    () =>
      dice.pick(['maybe', 'Ｔrue', 'tru\u0435', 'offf', 'ok', 'T\u0131', '\u017f', 'ja', '참', 'none', '0.0', '1e0']),
  ])();

const textOf = (dice: Dice, make: (dice: Dice) => string): string => {
  const text = make(dice);
  const at = dice.below(text.length + 1);
  return dice.pick([
    () => text,
    () => text,
    () => text,
    () => dice.pick(BLANKS) + text,
    () => text + dice.pick(BLANKS),
    () => text.slice(0, at) + dice.pick([...JUNK, ...BLANKS]) + text.slice(at + dice.below(2)),
  ])();
};

/** As JSON: a string, and where that could be one, a bare number; sometimes something else altogether. */
const valueOf = (dice: Dice, make: (dice: Dice) => string): string => {
  if (dice.chance(0.06)) return dice.pick(['null', 'true', 'false', '{}', '[]', '[1]', '""', '{"a": 1}', '" "']);
  const text = textOf(dice, make);
  const isNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(text);
  return isNumber && dice.chance(0.5) ? text : JSON.stringify(text);
};

const question = (dice: Dice): string => {
  if (dice.chance(0.04)) return dice.pick(['null', '5', '"question_id"', '[]', '["question_id", "x"]', 'true', '{}']);
  // One or two members are odd, so that the reason for a failure is often a single one.
  const odd = new Set(Array.from({length: 1 + dice.below(2)}, () => dice.below(6)));
  const members: string[] = [];
  const put = (at: number, key: string, usual: readonly (string | null)[], make: (dice: Dice) => string): void => {
    const value = odd.has(at) ? valueOf(dice, make) : dice.pick(usual);
    if (value !== null) members.push(`${JSON.stringify(key)}: ${value}`);
  };
  put(0, 'question_id', ['1', '2', '"3"', `${dice.below(500)}`, '4', '"05"', null], wholeText);
  put(1, 'is_correct', ['true', 'false', 'null', null, '1'], booleanText);
  put(2, 'correct', ['true', 'false', null, null], booleanText);
  put(3, 'time_spent_sec', ['12', '"3.5"', null, '""', 'null', '-0.4', '4', '-1'], decimalText);
  put(4, 'used_hints', ['0', '2', null, '"1"'], wholeText);
  return `{${members.join(', ')}}`;
};

const document = (dice: Dice): string => {
  if (dice.chance(0.05)) {
    return dice.pick(['{}', '[]', 'null', '"questions"', '17', '{"Questions": 5}', '[{"questions": 5}]']);
  }
  const questions = dice.chance(0.06)
    ? dice.pick(['null', '"x"', '5', '{}', 'true', '{"question_id": 1}', '[]', '[[]]', '[[{"question_id": "x"}]]'])
    : `[${Array.from({length: dice.below(4)}, () => question(dice)).join(', ')}]`;
  return `{"questions": ${questions}}`;
};

const HEX = '0123456789abcdefABCDEF';

const userId = (dice: Dice): string | null =>
  dice.pick([
    () => 'student',
    () => 'student',
    () => dice.pick([null, '', ' ', '학생', '-'.repeat(36), '-'.repeat(32), 'x'.repeat(36)]),
    () =>
      `${digits(dice, 8, HEX)}-${digits(dice, 4, HEX)}-${digits(dice, 4, HEX)}-${digits(dice, 4, HEX)}-${digits(dice, 12, HEX)}`,
    () => digits(dice, 32, HEX),
    () => digits(dice, 36, `${HEX}-`),
    () => Array.from({length: 8}, (_, at) => (at > 0 && dice.chance(0.57) ? '-' : '') + digits(dice, 4, HEX)).join(''),
    () =>
      `${digits(dice, 8, HEX)}-${digits(dice, 4, HEX)}-${digits(dice, 4, HEX)}-${digits(dice, 4, HEX)}-${digits(dice, 11, HEX)}${dice.pick(['g', '-', ' ', '\n', '１', '0\n'])}`,
  ])();

const COMPLETED = ['2026-01-01', '2026-06-01 12:00:00.123456+09', null, 'infinity', '-infinity'];
/** The first and the last days of the calendar. */
const EDGES = [
  '4713-11-24 00:00:00 BC',
  '4713-12-15 BC',
  '294276-12-31 23:59:59.999999',
  '294276-12-07',
  '4714-12-01 BC',
];

export const malformedResult = (dice: Dice): StoredResult => ({
  userId: userId(dice),
  json: document(dice),
  completedAt: dice.chance(0.8) ? dice.pick(COMPLETED.slice(0, 2)) : dice.pick([...COMPLETED, ...EDGES]),
});
