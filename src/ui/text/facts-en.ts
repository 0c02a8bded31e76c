// The words for what each kind of step found out, in English.

import {rehearsedRightsLines} from './rehearsed-rights.ts';
import type {FactsOf, PutBack, RehearsedPart, TableCount} from '../../core/facts.ts';
import {smokeTime, type SmokeTime} from '../../core/smoke-time.ts';
import {approvalFacts} from './approval.ts';
import {alembicFacts, alembicLines} from './alembic.ts';
import {catalogAfterLines} from './catalog-after.ts';
import type {FactsLexicon} from './facts.ts';
import {findingLines} from './findings.ts';
import {formatBytes, formatCount, formatDuration, formatMs, shortHash} from './numbers.ts';
import {lackingBackLines, rightLines} from './rights.ts';
import {changeText} from './place.ts';
import {proofLines, proofSummary} from './proof.ts';
import {rehearsedPartText} from './rehearsed.ts';
import {toolFactsWords} from './tool.ts';
import {verdictCounts, verdictSign} from './verdict-sign.ts';

const count = (of: number, one: string, many = `${one}s`): string => `${formatCount(of)} ${of === 1 ? one : many}`;
const took = (ms: number): string => formatDuration(ms, 'en');
/** A success that was learned from the server after a crash has no time of its own; the facts say 0. */
const inTime = (ms: number): string =>
  ms === 0 ? '; learned from the server after an interruption' : ` in ${took(ms)}`;
const catalogLine = (digest: string): readonly string[] =>
  digest === '' ? [] : [`catalog sha256 ${shortHash(digest)}`];
const tableLine = ({table, rows}: TableCount): string => `${table}  ${count(rows, 'row')}`;

const scopeText = {'schema-only': 'the schema only, without rows', tables: 'tables only, not the whole database'};

const putBackLines = ({dependants, grants, comments, options, owners}: PutBack): readonly string[] => [
  `put back: ${count(dependants.length, 'dependant')}, ${count(owners, 'owner')}, ${count(grants, 'grant')}, ${count(comments, 'comment')}, ${count(options, 'option')}`,
  ...dependants.map((name) => `put back: ${name}`),
];

const changeLines = (changes: FactsOf<'migration'>['changes']): readonly string[] =>
  changes.map((change) => `changed as meant: ${changeText(change, 'en')}`);

const smokeTimeText = ({durationMs, checks}: SmokeTime): string =>
  checks === 1 ? took(durationMs) : `${took(durationMs)} for ${formatCount(checks)} checks`;

const smokeLine = (facts: FactsOf<'smoke'>, check: FactsOf<'smoke'>['checks'][number]): string => {
  const {id, verdict, rows, observed} = check;
  return [
    `${verdictSign[verdict]} ${id}`,
    observed,
    verdict === 'amber' && rows === 0 ? 'passed on 0 rows: proves nothing' : count(rows, 'row'),
    smokeTimeText(smokeTime(facts, check)),
  ]
    .filter((part) => part !== '')
    .join('  ');
};

const sampleLine = (sample: FactsOf<'downstream'>['samples'][number]): string => {
  const {id, verdict, rows, medianMs, runsMs, budgetMs, estimatedCost} = sample;
  const sign = `${verdictSign[verdict]} ${id}`;
  if (runsMs.length === 0)
    return `${sign}  not run: its estimated cost of ${formatCount(estimatedCost)} is too high; proves nothing`;
  const time = `median ${formatMs(medianMs)}, budget ${formatMs(budgetMs)}${medianMs > budgetMs ? ': over budget' : ''}`;
  return `${sign}  ${time}  ${rows === 0 ? '0 rows: proves nothing' : count(rows, 'row')}  ${count(runsMs.length, 'run')}`;
};

const partLine = (part: RehearsedPart): string => rehearsedPartText(part, 'en');

export const factsEn: FactsLexicon = {
  checklist: ({items}) => ({summary: `${count(items, 'item')} checked`, lines: []}),
  query: ({rows, findings, kept, durationMs}) => ({
    summary: `${count(rows, 'row')} in ${took(durationMs)}${findings.length > 0 ? '; worth a look' : ''}`,
    lines: findingLines(findings.length > 0 ? findings : kept, 'en'),
  }),
  snapshot: ({
    objects,
    missing,
    dependants,
    notReplayable,
    grants,
    comments,
    options,
    digest,
    unmet = [],
    unmetBack = [],
  }) => ({
    summary: `${count(objects.length, 'object')} and ${count(dependants.length, 'dependant')} captured`,
    lines: [
      ...objects.map((name) => `object: ${name}`),
      ...dependants.map((name) => `dependant: ${name}`),
      `${count(grants, 'grant')}, ${count(comments, 'comment')}, ${count(options, 'option')}`,
      ...missing.map((name) => `! does not exist: ${name}`),
      ...notReplayable.map((name) => `! cannot be recreated without loss: ${name}`),
      ...unmet.flatMap((right) => rightLines(right, 'en').map((said, at) => (at === 0 ? `! ${said}` : said))),
      ...lackingBackLines(unmetBack, 'en'),
      `sha256 ${shortHash(digest)}`,
    ],
  }),
  backup: ({
    method,
    path,
    bytes,
    sha256,
    entries,
    durationMs,
    clientVersion,
    tables,
    scope,
    lacks = [],
    proof,
    isUnseen,
    rowSecurity = [],
  }) => ({
    summary: [
      `${formatBytes(bytes)}, ${count(entries, 'entry', 'entries')}, sha256 ${shortHash(sha256)}, in ${took(durationMs)}`,
      proofSummary(proof, 'en'),
    ]
      .filter(Boolean)
      .join(', '),
    lines: [
      ...(method === 'stand-in'
        ? ['! a stand-in made without pg_dump: it cannot be restored, and proves nothing for production']
        : [`made by pg_dump ${clientVersion}`]),
      ...(isUnseen === true
        ? [
            '! pg_dump was not seen in the target under the name of this attempt: it could not have been found or ended there',
          ]
        : []),
      ...(scope === undefined ? [] : [scopeText[scope]]),
      ...lacks.map((name) => `! not in it, or not with its rows: ${name}`),
      ...proofLines(proof, 'en'),
      ...rowSecurity.map(
        (name) => `pg_restore needs --enable-row-security: a policy binds the owner as whom ${name} is filled`,
      ),
      path,
      ...tables.map(tableLine),
    ],
  }),
  rehearse: ({where, serverVersion, tables, isFaithful, rights, restoreMs, durationMs, parts}) => {
    const failing = parts.filter(({verdict}) => verdict === 'fail').length;
    const notRun = parts.filter(({verdict}) => verdict === 'not-run').length;
    return {
      summary: `${count(parts.length - notRun, 'part')} rehearsed on a copy in ${took(durationMs)}${failing === 0 ? '' : `, ${failing} failed`}${notRun === 0 ? '' : `, ${notRun} not rehearsed`}`,
      lines: [
        ...parts.map(partLine),
        `the copy: ${{'target-server': 'beside the rehearsal', embedded: 'a server of this machine', declared: 'the server given with --scratch'}[where]}, PostgreSQL ${serverVersion}, restored in ${took(restoreMs)}`,
        ...tables.map(tableLine),
        ...rehearsedRightsLines({rights, where}, 'en'),
        ...(isFaithful
          ? []
          : ['! the catalog of the copy is not that of the snapshot: somebody changed it in between']),
      ],
    };
  },
  migration: ({
    xid,
    durationMs,
    lockHeldMs,
    lockTries,
    putBack,
    changes,
    accepted,
    notNeeded,
    unread,
    reconciled,
    alembic,
    catalogAfter,
  }) => ({
    summary:
      reconciled === true
        ? `took effect${inTime(0)}`
        : [
            took(durationMs),
            ...(lockHeldMs === undefined ? [] : [`lock held ${took(lockHeldMs)}`]),
            count(lockTries, 'try', 'tries'),
          ].join(', '),
    lines: [
      ...(xid === undefined ? [] : [`transaction ${xid}`]),
      ...alembicLines(alembic, 'en'),
      ...(putBack === undefined ? [] : putBackLines(putBack)),
      ...changeLines(changes),
      ...catalogAfterLines(catalogAfter, 'en'),
      ...(accepted ?? []).map((change) => `accepted: ${changeText(change, 'en')} (${change.reason.en})`),
      ...(unread ?? []).map(
        ({file, line, text}) =>
          `! could not be read, so what it does to the objects was set back where a drop does the same: ${file}:${line}  ${text}`,
      ),
      ...(notNeeded ?? []).map(
        ({object, aspect}) =>
          `! accepted, and did not come about: ${object}${aspect === undefined ? '' : ` ${aspect}`}`,
      ),
    ],
  }),
  smoke: (facts) => ({
    summary: `${count(facts.checks.length, 'check')}: ${verdictCounts(facts.checks)}`,
    lines: facts.checks.map((check) => smokeLine(facts, check)),
  }),
  downstream: ({samples}) => ({
    summary: `${count(samples.length, 'sample')}: ${verdictCounts(samples)}`,
    lines: samples.map(sampleLine),
  }),
  approval: (facts) => approvalFacts(facts, 'en'),
  command: ({exitCode, durationMs, lines}) => ({
    summary: `exit code ${exitCode} in ${took(durationMs)}, ${count(lines, 'line')} of output`,
    lines: [],
  }),
  ...toolFactsWords('en'),
  'restore-objects': ({statements, durationMs, digest, catalogAfter}) => ({
    summary: `restored${statements === 0 ? '' : ` with ${count(statements, 'statement')}`}${inTime(durationMs)}`,
    lines: [...catalogAfterLines(catalogAfter, 'en'), ...catalogLine(digest)],
  }),
  revert: ({durationMs, putBack, changes, digest, catalogAfter}) => ({
    summary: `reverted${inTime(durationMs)}`,
    lines: [
      ...putBackLines(putBack),
      ...changeLines(changes),
      ...catalogAfterLines(catalogAfter, 'en'),
      ...catalogLine(digest),
    ],
  }),
  ...alembicFacts.en,
  downgrade: (facts) => {
    const {summary, lines} = alembicFacts.en.downgrade(facts);
    return {summary, lines: [...lines, ...catalogAfterLines(facts.catalogAfter, 'en')]};
  },
  'drop-object': ({dropped, durationMs, catalogAfter}) => ({
    summary: `${count(dropped.length, 'object')} dropped${inTime(durationMs)}`,
    lines: [...dropped.map((name) => `dropped: ${name}`), ...catalogAfterLines(catalogAfter, 'en')],
  }),
  'restore-backup': ({durationMs, tables, digest, catalogAfter}) => ({
    summary: `backup restored${inTime(durationMs)}`,
    lines: [...tables.map(tableLine), ...catalogAfterLines(catalogAfter, 'en'), ...catalogLine(digest)],
  }),
  settled: ({note, by}) => ({
    summary:
      by === undefined
        ? 'settled by a human, not by a probe'
        : `confirmed by hand by ${by.name}@${by.host}, not by a program`,
    lines: [note],
  }),
};
