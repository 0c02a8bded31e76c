// How chunks of a child's output become whole lines; a chunk may end anywhere, also inside a line.

export type OutputLines = Readonly<{
  /** The lines that this chunk completes. */
  add: (stream: string, text: string) => readonly string[];
  /** What is left without a newline, when nothing more will come. */
  rest: () => readonly string[];
}>;

/** 64 Ki characters: a program that never ends its line must not fill the memory. */
const LONGEST = 65_536;

/** Programs that draw progress write '\r' between the states of one line: the last state is the line. */
const lastState = (line: string): string => {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
};

export const outputLines = (): OutputLines => {
  const open = new Map<string, string>();
  return {
    add: (stream, text) => {
      const lines = `${open.get(stream) ?? ''}${text}`.split('\n');
      const last = lines.pop() ?? '';
      const cut = last.length > LONGEST;
      open.set(stream, cut ? '' : last);
      return [...lines, ...(cut ? [last] : [])].map(lastState);
    },
    rest: () => {
      const left = [...open.values()].filter((line) => line !== '').map(lastState);
      open.clear();
      return left;
    },
  };
};
