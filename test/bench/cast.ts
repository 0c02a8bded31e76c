// How long did each command of a step take, by the step's own recording (asciicast v3: seconds since the record before)?

/** A command is noted as '$ program arguments' when it begins; it lasts to the next, or to the recording's end. */
export const secondsOfCommands = (cast: string): readonly Readonly<{command: string; seconds: number}>[] => {
  const found: {command: string; seconds: number}[] = [];
  for (const line of cast.trimEnd().split('\n').slice(1)) {
    const [seconds, , text] = JSON.parse(line) as [number, string, string];
    const last = found.at(-1);
    if (last !== undefined) last.seconds += seconds;
    for (const [, command = ''] of text.matchAll(/\$ (pg_[^\r\n]*)/g)) found.push({command, seconds: 0});
  }
  return found;
};
