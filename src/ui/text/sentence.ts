// How a string that somebody else wrote ends a sentence of ours without a second full stop.

export const ended = (text: string): string => {
  const trimmed = text.trimEnd();
  return /[.?!:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
};
