// What is looked at before a night's work, what can be found, and which of it a runbook needs.

import type {RunbookDefinition} from './definition.ts';

export const doctorSubjects = [
  'target',
  'pg_dump',
  'pg_restore',
  'psql',
  'server',
  'node',
  'runs',
  'temporary',
  'locale',
  'terminal',
  'hangul',
  'fonts',
  'pgpass',
  'known-targets',
  'bash',
  'git',
  'ssh',
  'ssh-keygen',
  'ssh-agent',
  'alembic',
  'pytest',
  'gh',
  'aws',
  'gcloud',
  'kubectl',
  'pager',
] as const;
export type DoctorSubject = (typeof doctorSubjects)[number];

/** 'red' keeps a run from its end; 'amber' makes it worse; 'dim' is not needed, or was not asked. */
export type DoctorLevel = 'green' | 'amber' | 'red' | 'dim';

export type DoctorNote =
  | Readonly<{
      code: 'missing' | 'not-needed' | 'not-compared' | 'not-asked' | 'no-answer' | 'too-old' | 'not-logged-in';
    }>
  | Readonly<{code: 'not-utf8' | 'no-terminal' | 'no-hangul-font' | 'agent-none' | 'agent-empty' | 'unwritable'}>
  | Readonly<{code: 'older-than-server'; server: number}>
  | Readonly<{code: 'smaller-than'; columns: number; rows: number}>
  | Readonly<{code: 'narrow-hangul'; width: number}>
  | Readonly<{code: 'little-space'; freeBytes: number; neededBytes: number}>
  | Readonly<{code: 'readable-by-others'}>
  | Readonly<{code: 'keys'; count: number}>
  /** Its own words: why a target could not be asked, why a file cannot be read. */
  | Readonly<{code: 'said'; text: Readonly<Record<'en' | 'ko', string>>}>;

export type DoctorCheck = Readonly<{
  subject: DoctorSubject;
  level: DoctorLevel;
  /** What was found: a version and a path, a size. */
  value?: string;
  note?: DoctorNote;
  /** One command that mends it. */
  fix?: string;
}>;

const KEYS_OF_COMMANDS: ReadonlySet<string> = new Set([
  'run',
  'argv',
  'command',
  'program',
  'interpreter',
  'migrator',
  'kind',
  'method',
]);
const WORDS: readonly (readonly [RegExp, DoctorSubject])[] = [
  [/\balembic\b/, 'alembic'],
  [/\bpytest\b/, 'pytest'],
  [/\bpsql\b/, 'psql'],
  [/\bgit\b/, 'git'],
  [/(^|[\s/])gh\s|^gh$|github|pull-request/, 'gh'],
  [/(^|[\s/])aws\s|^aws$|\brds\b/, 'aws'],
  [/\bgcloud\b|cloud-sql/, 'gcloud'],
  [/\bkubectl\b|kubernetes/, 'kubectl'],
];

const wordsIn = (value: unknown, isCommand: boolean): readonly string[] => {
  if (typeof value === 'string') return isCommand ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((of) => wordsIn(of, isCommand));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, of]) => wordsIn(of, KEYS_OF_COMMANDS.has(key)));
};

/** What the steps and ways of this runbook call by name; what everybody needs is not in it. */
export const neededBy = ({steps, rollback, environments}: RunbookDefinition): ReadonlySet<DoctorSubject> => {
  const words = wordsIn([steps, rollback, environments], false);
  const has = (kind: string): boolean => [...steps, ...rollback].some((of) => of.kind === kind);
  const isSsh = Object.values(environments).some(({via}) => via !== undefined && 'ssh' in via);
  return new Set<DoctorSubject>([
    ...WORDS.flatMap(([pattern, subject]) => (words.some((word) => pattern.test(word)) ? [subject] : [])),
    ...(has('command') ? (['bash'] as const) : []),
    ...(has('backup') ? (['pg_dump', 'pg_restore'] as const) : []),
    ...(has('approval') ? (['ssh-keygen'] as const) : []),
    ...(isSsh ? (['ssh', 'ssh-agent'] as const) : []),
  ]);
};
