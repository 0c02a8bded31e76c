// Is this an SSH signature written the one way there is to write it? Whatever could be changed in it without its ceasing to
// verify is refused here: line breaks, a field that nobody signs, bytes after its end.

import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';

const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '-----END SSH SIGNATURE-----\n';
/** As ssh-keygen breaks it. */
const LINE = /.{1,70}/g;

const armoured = (blob: Uint8Array): string =>
  `${BEGIN}${(Buffer.from(blob).toString('base64').match(LINE) ?? []).join('\n')}\n${END}`;

/** A field of the SSH wire format: four bytes of length, then as many bytes. */
const fields = (bytes: Uint8Array): readonly Uint8Array[] | undefined => {
  const found: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; ) {
    if (at + 4 > bytes.byteLength) return undefined;
    const end = at + 4 + view.getUint32(at);
    if (end > bytes.byteLength) return undefined;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
};

const ascii = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

export type Armour =
  | Readonly<{ok: true /** `SHA256:…`, as ssh-keygen -l prints it. */; keyId: string}>
  | Readonly<{ok: false; detail: string}>;

/** PROTOCOL.sshsig of OpenSSH: the magic `SSHSIG`, version 1, then key, namespace, reserved, hash, signature. */
export const readArmour = (file: Uint8Array, namespace: string): Armour => {
  const wrong = (detail: string): Armour => ({ok: false, detail});
  const text = ascii(file);
  if (!text.startsWith(BEGIN) || !text.endsWith(`\n${END}`)) return wrong('no SSH signature');
  const blob = Buffer.from(text.slice(BEGIN.length, -END.length), 'base64');
  if (armoured(blob) !== text) return wrong('not written as ssh-keygen writes it');
  if (ascii(blob.subarray(0, 6)) !== 'SSHSIG' || blob.length < 10 || blob.readUInt32BE(6) !== 1)
    return wrong('unknown version');
  const [key, space, reserved, hash, signature, ...more] = fields(blob.subarray(10)) ?? [];
  if (key === undefined || signature === undefined || more.length > 0) return wrong('not whole');
  if (ascii(space) !== namespace) return wrong(`namespace ${ascii(space)}`);
  if (reserved?.byteLength !== 0) return wrong('a reserved field is in use');
  if (!['sha256', 'sha512'].includes(ascii(hash))) return wrong(`hash ${ascii(hash)}`);
  const digest = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  return {ok: true, keyId: `SHA256:${digest}`};
};
