// How names are written into SQL so that they mean exactly one object.

/** A quoted identifier. Always quoted: the tool never has to know which words a server version reserves. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A string constant that means the same whatever `standard_conforming_strings` says. */
export const quoteLiteral = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
};

/** `schema.name` of a runbook, quoted. Runbook names are plain: one dot, no quotes (the loader checks it). */
export const quoteQualified = (qualified: string): string => qualified.split('.').map(quoteIdentifier).join('.');
