// How names are written into SQL so that they mean exactly one object.

/** A quoted identifier. Always quoted: the tool never has to know which words a server version reserves. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A string constant that means the same whatever `standard_conforming_strings` says. */
export const quoteLiteral = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
};

/** `schema.name` of a runbook in its halves, each as the catalog has it; a schema whose own name has a dot is refused there. */
export const halvesOf = (qualified: string): readonly [schema: string, name: string] => {
  const at = qualified.indexOf('.');
  return [qualified.slice(0, at), qualified.slice(at + 1)];
};

/** `schema.name` of a runbook, quoted. */
export const quoteQualified = (qualified: string): string => halvesOf(qualified).map(quoteIdentifier).join('.');
