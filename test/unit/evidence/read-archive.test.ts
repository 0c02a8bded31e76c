// Is an archive from a stranger read at all when something about it is odd? Raw zip files, written byte by byte here, since
// no library makes archives like these.

import {deflateRawSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {wholeOf} from '../../../src/evidence/hashing.ts';
import {Refused, type ArchiveFault} from '../../../src/evidence/read-archive.ts';
import {bytesOf, readArchive} from './bundle.ts';

type RawEntry = Readonly<{
  name: string;
  content: Uint8Array;
  /** What the directory says instead of the truth. */
  says?: Readonly<{size?: number; packed?: number; flags?: number; method?: number; mode?: number; localName?: string}>;
  store?: boolean;
  /** Points at the bytes of an earlier entry. */
  sharesOffsetOf?: number;
}>;

const u16 = (value: number): Uint8Array => Uint8Array.of(value & 255, (value >>> 8) & 255);
const u32 = (value: number): Uint8Array => Buffer.concat([u16(value & 65_535), u16(value >>> 16)]);

const rawZip = (entries: readonly RawEntry[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const {name, content, says = {}, store = false, sharesOffsetOf} of entries) {
    const method = says.method ?? (store ? 0 : 8);
    const packed = store ? content : deflateRawSync(content);
    const local = bytesOf(says.localName ?? name);
    const shared = [
      u16(says.flags ?? 0x800),
      u16(method),
      u32(0),
      u32(0),
      u32(says.packed ?? packed.length),
      u32(says.size ?? content.length),
    ];
    const here = sharesOffsetOf === undefined ? offset : (offsets[sharesOffsetOf] ?? 0);
    offsets.push(here);
    if (sharesOffsetOf === undefined) {
      const header = Buffer.concat([u32(0x04034b50), u16(20), ...shared, u16(local.length), u16(0), local, packed]);
      parts.push(header);
      offset += header.length;
    }
    const encoded = bytesOf(name);
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(0x031e),
        u16(20),
        ...shared,
        u16(encoded.length),
        u16(0),
        u16(0),
        u16(0),
        u16(0),
        u32(((says.mode ?? 0o100600) << 16) >>> 0),
        u32(here),
        encoded,
      ]),
    );
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([
    ...parts,
    central,
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(entries.length),
    u16(entries.length),
    u32(central.length),
    u32(offset),
    u16(0),
  ]);
};

const text = (content = 'hello\n'): Uint8Array => bytesOf(content);
const file = (name: string, says?: RawEntry['says']): RawEntry => ({
  name,
  content: text(),
  ...(says === undefined ? {} : {says}),
});

const outcome = async (entries: readonly RawEntry[]): Promise<string> => {
  const told = (fault: ArchiveFault): string => (fault.code === 'archive-unsafe' ? fault.because : fault.code);
  const read = await readArchive(rawZip(entries));
  if (!read.ok) return told(read.fault);
  try {
    for (const content of read.files) await wholeOf(content);
    return 'read';
  } catch (error) {
    if (error instanceof Refused) return told(error.fault);
    throw error;
  }
};

describe('an archive', () => {
  it('of plain files in one folder is read, Korean names as well', async () => {
    const read = await readArchive(rawZip([file('bag/data/a b.log'), file('bag/data/화면.svg')]));
    expect(read).toMatchObject({ok: true, root: 'bag', files: [{path: 'data/a b.log'}, {path: 'data/화면.svg'}]});
  });

  it.each([
    ['leads out of its folder', ['bag/../../etc/passwd']],
    ['leads out of its folder at the end', ['bag/..']],
    ['is absolute', ['/etc/passwd']],
    ['begins with a drive', ['C:/windows/win.ini']],
    ['has a backslash', ['bag\\..\\x']],
    ['has an empty part', ['bag//x']],
    ['has a part that is a dot', ['bag/./x']],
    ['has a control character', ['bag/a\u001b]0;x\u0007.log']],
    ['has a bidi override', ['bag/a\u202egol.txt']],
    ['has a NUL', ['bag/a\u0000.log']],
    ['ends in a dot or a blank, which Windows drops', ['bag/x.']],
    ['begins with a tilde', ['~/x']],
    ['has a colon, a stream on Windows', ['bag/x:y']],
  ])('with a name that %s is refused', async (_what, names) => {
    expect(['name', 'archive-unreadable', 'outside', 'not-a-file']).toContain(
      await outcome([file('bag/data/a.log'), ...names.map((name) => file(name))]),
    );
  });

  it.each([
    ['a symbolic link', {mode: 0o120777}],
    ['a directory', {mode: 0o040755}],
    ['a device', {mode: 0o060600}],
    ['a fifo', {mode: 0o010600}],
    ['of no type at all', {mode: 0o600}],
  ])('with an entry that is %s is refused', async (_what, says) => {
    expect(await outcome([file('bag/a.log', says)])).toBe('not-a-file');
  });

  it.each([
    ['the same name', 'bag/a.log', 'bag/a.log'],
    ['names that differ in case', 'bag/a.log', 'bag/A.LOG'],
    ['names that differ in how Hangul is composed', 'bag/화.log'.normalize('NFC'), 'bag/화.log'.normalize('NFD')],
  ])('with two entries of %s is refused', async (_what, one, two) => {
    expect(await outcome([file(one), file(two)])).toBe('duplicate');
  });

  it.each([
    ['encrypted', {flags: 0x801}, 'encrypted'],
    ['packed by another method', {method: 12}, 'method'],
    ['called otherwise in front of its bytes', {localName: 'bag/b.log'}, 'name'],
    ['smaller than it says', {size: 60}, 'archive-unreadable'],
    ['larger than it says', {size: 3}, 'archive-unreadable'],
  ])('with an entry that is %s is refused', async (_what, says, because) => {
    expect(await outcome([file('bag/a.log', says)])).toBe(because);
  });

  it('that unpacks to far more than text does is refused before it is unpacked', async () => {
    const bomb = {name: 'bag/a.log', content: new Uint8Array(20_000_000)};
    expect(await outcome([bomb])).toBe('bomb');
  });

  it('whose entries share their bytes is refused', async () => {
    const one: RawEntry = {name: 'bag/0.log', content: text('x'.repeat(400)), store: true};
    const others = Array.from(
      {length: 40},
      (_, at): RawEntry => ({...one, name: `bag/${at + 1}.log`, sharesOffsetOf: 0}),
    );
    expect(await outcome([one, ...others])).toBe('bomb');
  });

  it('that says it unpacks to more than memory holds is refused before it is unpacked', async () => {
    const says = {size: 2 ** 32 - 2, packed: 2 ** 30};
    expect(['too-big', 'bomb']).toContain(await outcome([file('bag/a.log', says), file('bag/b.log', says)]));
  });

  it('with a file beside its folder is refused', async () => {
    expect(await outcome([file('bag/a.log'), file('other/b.log')])).toBe('outside');
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', bytesOf('this is no archive')],
    ['an archive without entries', rawZip([])],
    ['the first half of an archive', rawZip([file('bag/a.log')]).subarray(0, 40)],
  ])('that is %s cannot be read', async (_what, bytes) => {
    expect(await readArchive(bytes)).toMatchObject({ok: false, fault: {code: 'archive-unreadable'}});
  });
});
