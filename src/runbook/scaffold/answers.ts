// What has to be known of a change before its runbook can be written, and what follows from it by itself.

import {z} from 'zod';
import type {LocalText} from '../../core/text.ts';
import {revisionSchema} from '../../steps/alembic-schema.ts';
import {environmentSchema, idSchema, qualifiedName} from '../../steps/schema-parts.ts';
import {fitsCatalog, halvesOf} from './names.ts';

export const changeKinds = ['view', 'function', 'table'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export type ScaffoldAnswers = Readonly<{
  /** `schema.name` as the catalog has both, without quotes. */
  object: string;
  change: ChangeKind;
  environments: readonly ('staging' | 'production')[];
  id: string;
  title: LocalText;
  /** Smoke checks run as this role: an owner does not notice a lost GRANT. */
  applicationRole?: string;
  /** The change is a revision of this project; without it a SQL file. */
  alembic?: ScaffoldAlembic;
}>;

/** Folders are relative: the project's to the folder of `runbook/`, the scripts' to the project's. */
export type ScaffoldAlembic = Readonly<{
  directory: string;
  scripts: string;
  from: string;
  revision: string;
  /** Its env.py puts the URL where a single % is taken for the beginning of a name. */
  urlPercentDoubled?: true;
}>;

const FOLDER = /^(?:\.|\w[\w.-]*(?:\/\w[\w.-]*)*)$/;
const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;
/** 40: what an id of a runbook may have. */
const LONGEST_ID = 40;

const idOf = (object: string, change: ChangeKind): string => {
  const [schema, name] = halvesOf(object);
  const whole = [...(schema === 'public' ? [] : [schema]), name].join('-').toLowerCase();
  // An id has Latin letters only: of a name without any, what is left says less, and can be given.
  const start =
    whole
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+/, '')
      .replace(/-$/, '') || 'change';
  return `${start.slice(0, LONGEST_ID - change.length - 1).replace(/-$/, '')}-${change}`;
};

const titleOf = (object: string, change: ChangeKind): LocalText => {
  const kinds: Readonly<Record<ChangeKind, string>> = {view: '뷰', function: '함수', table: '테이블'};
  return {en: `Change the ${change} ${object}`, ko: `${object} ${kinds[change]} 변경`};
};

/** As a file or flags give them; the rest is worked out. */
export type GivenAnswers = Readonly<{
  object?: string | undefined;
  change?: string | undefined;
  migrator?: string | undefined;
  environments?: readonly string[] | undefined;
  id?: string | undefined;
  title?: Readonly<{en?: string | undefined; ko?: string | undefined}> | undefined;
  applicationRole?: string | undefined;
  alembicDirectory?: string | undefined;
  alembicScripts?: string | undefined;
  alembicFrom?: string | undefined;
  alembicRevision?: string | undefined;
  /** Read in its env.py, never given. */
  alembicPercentDoubled?: true | undefined;
}>;

export const givenSchema = z.strictObject({
  object: z.string().optional(),
  change: z.string().optional(),
  migrator: z.string().optional(),
  environments: z.array(environmentSchema).optional(),
  id: z.string().optional(),
  title: z.strictObject({en: z.string().optional(), ko: z.string().optional()}).optional(),
  applicationRole: z.string().optional(),
  alembicDirectory: z.string().optional(),
  alembicScripts: z.string().optional(),
  alembicFrom: z.string().optional(),
  alembicRevision: z.string().optional(),
});

export type AnswerField =
  | 'object'
  | 'change'
  | 'migrator'
  | 'environments'
  | 'id'
  | 'applicationRole'
  | 'alembicDirectory'
  | 'alembicScripts'
  | 'alembicFrom'
  | 'alembicRevision';
export type AnswerProblem = Readonly<{
  field: AnswerField;
  value: string | undefined;
  isMissing: boolean;
  /** The file that has to be there. */
  lacks?: string;
}>;

const isChange = (text: string | undefined): text is ChangeKind => changeKinds.some((kind) => kind === text);

/** Whether one answer can be taken; for questions, before the next is asked. */
export const isAnswer = (field: AnswerField, value: string): boolean => {
  switch (field) {
    case 'object':
      return qualifiedName.safeParse(value).success && fitsCatalog(value);
    case 'change':
      return isChange(value);
    case 'migrator':
      return value === 'sql' || value === 'alembic';
    case 'environments':
      return value.split(',').every((of) => /^(staging|production)$/.test(of.trim()));
    case 'id':
      return idSchema.safeParse(value).success;
    case 'applicationRole':
      return value === '' || ROLE.test(value);
    case 'alembicDirectory':
    case 'alembicScripts':
      return FOLDER.test(value);
    case 'alembicFrom':
    case 'alembicRevision':
      return revisionSchema.safeParse(value).success;
  }
};

/** Everything that is missing or wrong, at once; or the answers, whole. */
export const wholeAnswers = (
  given: GivenAnswers,
): Readonly<{ok: true; answers: ScaffoldAnswers}> | Readonly<{ok: false; problems: readonly AnswerProblem[]}> => {
  const {object, change, migrator = 'sql', environments = ['staging', 'production'], applicationRole} = given;
  const isNamed = object !== undefined && isAnswer('object', object) && isChange(change);
  const id = given.id ?? (isNamed ? idOf(object, change) : undefined);
  const {alembicDirectory = '.', alembicScripts = 'migrations', alembicFrom, alembicRevision} = given;
  const fields: readonly (readonly [AnswerField, string | undefined])[] = [
    ['object', object],
    ['change', change],
    ['migrator', migrator],
    ['environments', environments.join(',')],
    ...(id === undefined ? [] : [['id', id] as const]),
    ...(applicationRole === undefined ? [] : [['applicationRole', applicationRole] as const]),
    ...(migrator === 'alembic'
      ? ([
          ['alembicDirectory', alembicDirectory],
          ['alembicScripts', alembicScripts],
          ['alembicFrom', alembicFrom],
          ['alembicRevision', alembicRevision],
        ] as const)
      : []),
  ];
  const problems = fields.flatMap(([field, value]): readonly AnswerProblem[] =>
    value !== undefined && isAnswer(field, value) ? [] : [{field, value, isMissing: value === undefined}],
  );
  if (problems.length > 0 || !isNamed || id === undefined) return {ok: false, problems};
  const title = titleOf(object, change);
  return {
    ok: true,
    answers: {
      object,
      change,
      environments: [...new Set(environments as readonly ('staging' | 'production')[])],
      id,
      title: {en: given.title?.en ?? title.en, ko: given.title?.ko ?? title.ko},
      ...(applicationRole === undefined || applicationRole === '' ? {} : {applicationRole}),
      ...(migrator !== 'alembic' || alembicFrom === undefined || alembicRevision === undefined
        ? {}
        : {
            alembic: {
              directory: alembicDirectory,
              scripts: alembicScripts,
              from: alembicFrom,
              revision: alembicRevision,
              ...(given.alembicPercentDoubled === true ? {urlPercentDoubled: true as const} : {}),
            },
          }),
    },
  };
};
