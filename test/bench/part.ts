// What is a part of the bench? One file in parts/; its name is the part's, for `npm run bench -- --only NAME`.
//
// Each part runs in a process of its own with an empty TMPDIR of its own. Rows are printed and kept as they are given, so
// what a part measured before it failed is not lost. A part that throws, takes longer than its minutes or ends by itself
// gives a row 'failed: why'; then whatever it started is ended, its TMPDIR is removed, and the next part begins. So a part
// may throw whenever a number would not be true, and a program that is missing is an exception like any other.
//
//   export const part: Part = {
//     minutes: 3,
//     run: async ({isQuick, add, note}) => {
//       note('filling');                                                      // what it does now, for whoever waits
//       add({
//         what: '--version, wall',
//         measured: [95, 97, 94],                                             // ms, one a round
//         beside: {what: 'node -e 0', measured: [26, 27, 26]},                // the bare work, in the same rounds, in turn
//         goal: {ratio: 2},
//       });
//     },
//   };

/** One number, or one a round; a row shows the median, and the spread comes from the rounds. */
export type Measured = number | readonly number[];

export type Unit = 'ms' | 'KiB';

export type Figure = Readonly<{
  /** The same words in every run: two runs are compared by them. No figure in them that a run decides. */
  what: string;
  measured: Measured;
  unit?: Unit;
  /** The peer that does the bare work. In equal numbers of rounds each ratio is that of one round. */
  beside?: Readonly<{what: string; measured: Measured}>;
  /** At most this; shown, and never the reason for an exit status: machines differ. */
  goal?: Readonly<{ratio: number} | {value: number}>;
  remark?: string;
}>;

export type Figures = Readonly<{
  /** `--quick`: less of everything, to see that the part works. */
  isQuick: boolean;
  add: (figure: Figure) => void;
  note: (text: string) => void;
}>;

export type Part = Readonly<{
  /** The part is ended after that many minutes: some three times what it takes on an idle machine with two cores. */
  minutes: number;
  /** Only when named by `--only`: takes longer than all others together. */
  onlyNamed?: boolean;
  run: (figures: Figures) => void | Promise<void>;
}>;
