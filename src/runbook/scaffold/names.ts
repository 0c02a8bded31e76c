// How the names of a new runbook are written: in its SQL, in its document, and beside the object.

/** What a runbook calls an object: `schema.name` as the catalog has both; the first dot ends the schema. */
export const halvesOf = (object: string): readonly [schema: string, name: string] => {
  const at = object.indexOf('.');
  return [object.slice(0, at), object.slice(at + 1)];
};

/** NAMEDATALEN less one: what is longer PostgreSQL cuts, and then it is another name. */
export const MOST_NAME_BYTES = 63;

const bytesOf = (text: string): number => new TextEncoder().encode(text).byteLength;

export const fitsCatalog = (object: string): boolean => halvesOf(object).every((half) => bytesOf(half) <= MOST_NAME_BYTES);

/** Readable where nothing has to be quoted; `always` where a word may be one that SQL keeps for itself. */
export const identifier = (name: string, always: boolean): string =>
  !always && /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** Means the same whatever `standard_conforming_strings` says. */
export const literal = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
};

/** JSON's strings are YAML's; a plain name stays as it is. */
export const yamlName = (object: string): string =>
  /^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(object) ? object : JSON.stringify(object);

const cut = (name: string, bytes: number): string => {
  let kept = '';
  for (const sign of name) {
    if (bytesOf(kept + sign) > bytes) break;
    kept += sign;
  }
  return kept;
};

/** A name for the table that the sample of a view reads, beside the view. */
export const sourceOf = (object: string): string => {
  const [schema, name] = halvesOf(object);
  const of = (suffix: string): string => `${cut(name, MOST_NAME_BYTES - suffix.length)}${suffix}`;
  // A long name that ends so itself would be its own source.
  const source = of('_source') === name ? of('_base') : of('_source');
  return `${schema}.${source}`;
};
