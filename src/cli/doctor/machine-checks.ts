// Does this machine fit: Node, disks, files that nobody else may read, the terminal and its letters?

import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {hangulWidth} from '../../adapters/doctor/hangul.ts';
import {freeBytes, isReadableByOthers, isWritable, modeOf} from '../../adapters/doctor/machine.ts';
import {askProgram, installCommand, pathOf} from '../../adapters/doctor/programs.ts';
import {knownTargetFile} from '../../adapters/known-targets.ts';
import type {DoctorCheck} from '../../core/doctor.ts';
import {formatBytes} from '../../ui/text/numbers.ts';
import {quoted} from '../command-line.ts';
import type {CliContext} from '../context.ts';

/** The oldest Node on which everything the tool is made of runs. */
const OLDEST_NODE = [22, 12] as const;
/** 1 GiB for a rehearsal's server and its dumps; where the size of the target is known, what that needs. */
const ROOM_BYTES = 1024 ** 3;
/** The smallest screen; ui/tui/scene.ts draws nothing below it. */
const SMALLEST = {columns: 80, rows: 24} as const;

export const nodeCheck = (): DoctorCheck => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const value = `${process.versions.node}  ${process.execPath}`;
  return isOld
    ? {subject: 'node', level: 'red', value, note: {code: 'too-old'}, fix: 'https://nodejs.org/en/download'}
    : {subject: 'node', level: 'green', value};
};

/** A dump and its copy in a scratch database are each at most what the target takes. */
export const roomCheck = async (
  subject: 'runs' | 'temporary',
  path: string,
  databaseBytes: number | undefined,
): Promise<DoctorCheck> => {
  const free = await freeBytes(path);
  const needed = Math.max(ROOM_BYTES, databaseBytes ?? 0);
  const value = `${path}  ${formatBytes(free)}`;
  if (!(await isWritable(path)))
    return {subject, level: 'red', value, note: {code: 'unwritable'}, fix: `ls -ld ${quoted(path)}`};
  if (free < needed) {
    const level = databaseBytes !== undefined && free < databaseBytes ? 'red' : 'amber';
    return {
      subject,
      level,
      value,
      note: {code: 'little-space', freeBytes: free, neededBytes: needed},
      fix: `df -h ${quoted(path)}`,
    };
  }
  const mode = subject === 'runs' ? await modeOf(path) : undefined;
  return mode !== undefined && isReadableByOthers(mode)
    ? {subject, level: 'amber', value, note: {code: 'readable-by-others'}, fix: `chmod 700 ${quoted(path)}`}
    : {subject, level: 'green', value};
};

export const temporaryFolder = (): string => tmpdir();

export const passfileCheck = async ({env}: CliContext): Promise<DoctorCheck> => {
  const path = env['PGPASSFILE'] ?? join(env['HOME'] ?? '', '.pgpass');
  const mode = await modeOf(path);
  if (mode === undefined) return {subject: 'pgpass', level: 'dim', value: path, note: {code: 'missing'}};
  // Not a matter of taste: libpq takes nothing from it then.
  return isReadableByOthers(mode)
    ? {
        subject: 'pgpass',
        level: 'red',
        value: path,
        note: {code: 'readable-by-others'},
        fix: `chmod 600 ${quoted(path)}`,
      }
    : {subject: 'pgpass', level: 'green', value: path};
};

export const knownTargetsCheck = (): DoctorCheck => {
  const known = knownTargetFile().read();
  if (known.ok) return {subject: 'known-targets', level: 'green', value: `${known.targets.length}`};
  const {path: value, message} = known;
  return {
    subject: 'known-targets',
    level: 'red',
    value,
    note: {code: 'said', text: {en: message, ko: message}},
    fix: `less ${quoted(value)}`,
  };
};

export const localeCheck = ({env}: CliContext): DoctorCheck => {
  const value = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(value)
    ? {subject: 'locale', level: 'green', value}
    : {
        subject: 'locale',
        level: 'amber',
        ...(value === '' ? {} : {value}),
        note: {code: 'not-utf8'},
        fix: 'export LC_ALL=C.UTF-8',
      };
};

export const terminalCheck = ({env}: CliContext): DoctorCheck => {
  const {columns, rows, isTTY} = process.stdout;
  if (isTTY !== true) return {subject: 'terminal', level: 'dim', note: {code: 'no-terminal'}};
  const colour = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '' ? process.stdout.getColorDepth() : 1;
  const value = `${columns}x${rows}  ${env['TERM'] ?? ''}  ${2 ** colour}`;
  return columns < SMALLEST.columns || rows < SMALLEST.rows
    ? {subject: 'terminal', level: 'red', value, note: {code: 'smaller-than', ...SMALLEST}}
    : {subject: 'terminal', level: 'green', value};
};

/** Not while a screen is drawn: the terminal's answer would be taken for keys. */
export const hangulCheck = async (isOnScreen: boolean): Promise<DoctorCheck> => {
  const {stdin, stdout} = process;
  if (isOnScreen || stdin.isTTY !== true || stdout.isTTY !== true)
    return {subject: 'hangul', level: 'dim', note: {code: 'not-asked'}};
  const width = await hangulWidth(stdin, stdout);
  if (width === undefined) return {subject: 'hangul', level: 'dim', note: {code: 'no-answer'}};
  return width === 2
    ? {subject: 'hangul', level: 'green', value: '2'}
    : {subject: 'hangul', level: 'amber', note: {code: 'narrow-hangul', width}};
};

/** Only pictures of screens need them, and only on this machine. */
export const fontsCheck = async ({env}: CliContext): Promise<DoctorCheck> => {
  const path = await pathOf('fc-list', env);
  if (path === undefined) return {subject: 'fonts', level: 'dim', note: {code: 'not-asked'}};
  const {output, isLate} = await askProgram(path, [':lang=ko', 'family'], env);
  if (isLate) return {subject: 'fonts', level: 'dim', note: {code: 'no-answer'}};
  const families = new Set(
    output
      .split('\n')
      .map((line) => line.split(',')[0]?.trim() ?? '')
      .filter((name) => name !== ''),
  );
  if (families.size > 0)
    return {subject: 'fonts', level: 'green', value: [...families].toSorted().slice(0, 3).join(', ')};
  const fix = installCommand('fonts');
  return {subject: 'fonts', level: 'amber', note: {code: 'no-hangul-font'}, ...(fix === undefined ? {} : {fix})};
};
