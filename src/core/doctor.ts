// What is looked at before a night's work, what can be found, and which of it a runbook needs.

import type {RunbookDefinition} from './definition.ts';
import type {MissingRight} from './rights.ts';

export const doctorSubjects = [
  'target',
  'rights',
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
  'signers',
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
  'program',
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
  | Readonly<{code: 'right-missing'; right: MissingRight}>
  /** The change goes ahead without that way back. */
  | Readonly<{code: 'way-back-right-missing'; option: string; right: MissingRight}>
  /** What was asked of which objects: none when none is there. */
  | Readonly<{code: 'rights-held'; objects: readonly string[]; dependants: number; applicationRole?: string}>
  /** Age and state of other sessions are kept from this login. */
  | Readonly<{code: 'stats-hidden'; login: string}>
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

/** Programs by their name, as the first of an argument list or in an author's shell line. */
const BY_NAME: readonly (readonly [RegExp, DoctorSubject])[] = [
  [/\balembic\b/, 'alembic'],
  [/\bpytest\b/, 'pytest'],
  [/\bpsql\b/, 'psql'],
  [/\bgit\b/, 'git'],
  [/(^|[\s;&|/])gh(\s|$)/, 'gh'],
  [/(^|[\s;&|/])aws(\s|$)/, 'aws'],
  [/\bgcloud\b/, 'gcloud'],
  [/\bkubectl\b/, 'kubectl'],
];

/** Programs that a kind or a method of a step stands for, where it names none itself. */
const BY_KIND: readonly (readonly [RegExp, DoctorSubject])[] = [
  [/^pytest$/, 'pytest'],
  [/^alembic$/, 'alembic'],
  [/^psql$/, 'psql'],
  [/^pull-request$|^github/, 'gh'],
  [/rds/, 'aws'],
  [/cloud-sql/, 'gcloud'],
  [/kubernetes/, 'kubectl'],
];

const subjectsOf = (table: typeof BY_NAME, text: string): readonly DoctorSubject[] =>
  table.flatMap(([pattern, subject]) => (pattern.test(text) ? [subject] : []));

type Called = Readonly<{
  kinds: readonly string[];
  lines: readonly string[];
  /** The first of each argument list; what stands behind a prefix runs elsewhere. */
  programs: readonly string[];
}>;

const nothing: Called = {kinds: [], lines: [], programs: []};
const joined = (all: readonly Called[]): Called => ({
  kinds: all.flatMap(({kinds}) => kinds),
  lines: all.flatMap(({lines}) => lines),
  programs: all.flatMap(({programs}) => programs),
});

const calledBy = (value: unknown): Called => {
  if (Array.isArray(value)) return joined(value.map(calledBy));
  if (typeof value !== 'object' || value === null) return nothing;
  return joined(
    Object.entries(value).map(([key, of]): Called => {
      const isList = Array.isArray(of) && /^(argv|command|python)$/.test(key);
      if (isList) return {...nothing, programs: typeof of[0] === 'string' ? [of[0]] : []};
      if (typeof of !== 'string') return calledBy(of);
      if (key === 'run') return {...nothing, lines: [of]};
      return /^(kind|method|migrator)$/.test(key) ? {...nothing, kinds: [of]} : nothing;
    }),
  );
};

/** Programs of argument lists that the doctor has no line of its own for: docker, poetry, one of a venv. */
export const otherPrograms = ({steps, rollback, environments}: RunbookDefinition): readonly string[] => [
  ...new Set(
    calledBy([steps, rollback, environments]).programs.filter(
      (program) => !doctorSubjects.some((of) => of === program),
    ),
  ),
];

/** One step or way: what its argument list begins with says more than its kind. */
const neededByOne = (of: unknown): readonly DoctorSubject[] => {
  const {kinds, lines, programs} = calledBy(of);
  const named = programs.flatMap((program) => doctorSubjects.filter((subject) => subject === program));
  return [
    ...lines.flatMap((line) => subjectsOf(BY_NAME, line)),
    ...named,
    ...(programs.length > 0 ? [] : kinds.flatMap((kind) => subjectsOf(BY_KIND, kind))),
  ];
};

/** What the steps and ways of this runbook call by name; what everybody needs is not in it. */
export const neededBy = ({steps, rollback, environments}: RunbookDefinition): ReadonlySet<DoctorSubject> => {
  const has = (kind: string): boolean => [...steps, ...rollback].some((of) => of.kind === kind);
  const isSsh = Object.values(environments).some(({via}) => via !== undefined && 'ssh' in via);
  return new Set<DoctorSubject>([
    ...[...steps, ...rollback, environments].flatMap(neededByOne),
    ...(has('command') ? (['bash'] as const) : []),
    ...(has('backup') ? (['pg_dump', 'pg_restore'] as const) : []),
    ...(has('approval') ? (['ssh-keygen'] as const) : []),
    ...(isSsh ? (['ssh', 'ssh-agent'] as const) : []),
  ]);
};
