// The words for each problem, in English.

import {formatBytes, formatCount} from './numbers.ts';
import type {ProblemLexicon} from './problem.ts';
import {ended} from './sentence.ts';

const listed = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const duplicates = {
  step: 'Two steps have the id',
  phase: 'Two phases have the id',
  item: 'Two items of this checklist have the id',
  check: 'Two checks of this step have the id',
  read: 'Two shared reads of this step have the id',
  sample: 'Two samples of this step have the id',
  option: 'Two ways back have the id',
  object: 'The list of objects names twice',
  table: 'The list of tables names twice',
  environment: 'This list names twice',
} as const;

const quotes = {
  comment: 'A comment',
  string: 'A string',
  identifier: 'A quoted name',
  'dollar-string': 'A dollar-quoted string',
} as const;

const types: Readonly<Record<string, string>> = {
  text: 'Text',
  mapping: 'A mapping (key: value)',
  list: 'A list',
  number: 'A number',
  'whole number': 'A whole number',
  boolean: 'true or false',
  nothing: 'nothing',
};

const excepted = ['sql-cascade', 'sql-index-blocks-writes', 'sql-name-not-qualified'];

const exceptionEn = (rule: string): string =>
  `If it is meant, write right above the statement: -- lint: allow ${rule} because <reason>`;

export const problemEn: ProblemLexicon = {
  'file-missing': () => ({
    what: 'The file is not there.',
    hint: 'A runbook lies in runbook/<id>/runbook.yaml, its SQL files in sql/<id>/.',
  }),
  'file-too-big': ({bytes, limit}) => ({
    what: `The file has ${formatBytes(bytes)}; at most ${formatBytes(limit)} are read.`,
    hint: 'Split it, or check that it is the file you meant. Nobody can review a file of this size.',
  }),
  'not-utf8': () => ({what: 'This byte is not UTF-8.', hint: 'Save the file as UTF-8.'}),
  'byte-order-mark': () => ({
    what: 'The file begins with a byte order mark.',
    hint: "Save it as 'UTF-8', not as 'UTF-8 with BOM'.",
  }),
  'carriage-return': () => ({
    what: 'Lines of this file end in CR LF.',
    hint: 'Set the line ends to LF. Otherwise the same text has another digest on another machine.',
  }),
  tab: () => ({what: 'The file contains a tab.', hint: 'Use spaces: a tab has no width that YAML knows.'}),
  'hidden-character': ({character}) => ({
    what: `An invisible character stands here: ${character}.`,
    hint: 'Delete it. What a reviewer cannot see, an approver cannot sign.',
  }),
  'not-nfc': () => ({
    what: 'Text here is written with decomposed characters (not NFC).',
    hint: 'Convert the file to NFC, for example with uconv -x nfc. Hangul typed or pasted on macOS often arrives this way.',
  }),
  'yaml-syntax': ({message}) => ({
    what: `This is not valid YAML: ${ended(message)}`,
    hint: 'Check the indentation, the quotes and the colons of this line and the one before it.',
  }),
  'yaml-directive': () => ({
    what: 'The document has a directive (a line that begins with %).',
    hint: 'Delete it. Documents are always YAML 1.2.',
  }),
  'yaml-several-documents': () => ({
    what: 'A second document begins here.',
    hint: "Keep one document a file, and delete the '---'.",
  }),
  'yaml-too-deep': () => ({
    what: 'The document is nested too deeply.',
    hint: 'A runbook needs six levels; check the brackets.',
  }),
  'yaml-anchor': ({name}) => ({
    what: `An anchor is not allowed here: &${name}`,
    hint: 'Write the value out where it is needed: a reviewer should not have to look it up.',
  }),
  'yaml-alias': ({name}) => ({
    what: `An alias is not allowed here: *${name}`,
    hint: 'Write the value out where it is needed: a reviewer should not have to look it up.',
  }),
  'yaml-tag': ({tag}) => ({
    what: `A tag is not allowed here: ${tag}`,
    hint: 'Delete the tag; quote the value if it is text.',
  }),
  'yaml-merge-key': () => ({what: "A merge key ('<<') is not allowed here.", hint: 'Write the keys out.'}),
  'yaml-key-not-text': () => ({what: 'A key must be plain text.', hint: "Write it as 'key: value'."}),
  'key-duplicate': ({key}) => ({
    what: `The key '${key}' occurs a second time in this mapping.`,
    hint: 'Delete one of the two.',
  }),
  'key-unknown': ({key}) => ({
    what: `The key '${key}' is not known here.`,
    hint: 'Check its spelling and its indentation. runbook.schema.json lists the keys of each kind.',
  }),
  'key-missing': ({key}) => ({what: `The key '${key}' is missing here.`, hint: `Add '${key}:' to this mapping.`}),
  'type-wrong': ({expected, actual}) => ({
    what: `${types[expected] ?? expected} is expected here; found: ${(types[actual] ?? actual).toLowerCase()}.`,
    hint: expected === 'text' ? 'Put the value in quotes.' : 'Check the value and its indentation.',
  }),
  'value-wrong': ({expected, actual}) => ({
    what: `'${actual}' is not possible here.`,
    hint: expected.length === 1 ? `It must be ${listed(expected)}.` : `Use one of ${listed(expected)}.`,
  }),
  'number-out-of-range': ({minimum, maximum}) => ({
    what: 'The number is out of range.',
    hint:
      minimum === undefined
        ? `It may be ${formatCount(maximum ?? 0)} at most.`
        : `It must be ${formatCount(minimum)} at least.`,
  }),
  'list-empty': () => ({what: 'The list is empty.', hint: 'Give it at least one element.'}),
  'text-blank': () => ({
    what: 'The text is blank.',
    hint: 'Write it. Every text is needed in English and in Korean; whoever is on call reads one of them.',
  }),
  'id-malformed': ({value}) => ({
    what: `'${value}' cannot be an id.`,
    hint: 'Use lower-case letters, digits and hyphens; begin with a letter; 40 characters at most.',
  }),
  'name-malformed': ({value}) => ({
    what: `'${value}' cannot be a name here.`,
    hint: 'Use lower-case letters, digits and underscores, without quotes.',
  }),
  'backup-method-incomplete': ({method, key}) => ({
    what: `A managed backup by ${method} needs '${key}'.`,
    hint: "'rds-snapshot' and 'cloud-sql' take 'instance'; 'command' takes 'create' and 'find'.",
  }),
  'pattern-malformed': ({value}) => ({
    what: `'${value}' is not a regular expression that can be used here.`,
    hint: "Write one of JavaScript; where a number is wanted, with a group around it: '(\\d+) rows'.",
  }),
  'commit-malformed': ({value}) => ({
    what: `'${value}' is not a commit.`,
    hint: "Write 7 to 40 lower-case hex digits, in quotes: '279d6aa1a'.",
  }),
  'system-identifier-malformed': ({value}) => ({
    what: `'${value}' is no system identifier.`,
    hint: 'Ask the server: SELECT system_identifier FROM pg_control_system(). Put its digits in quotes.',
  }),
  'name-not-qualified': ({value}) => ({
    what: `'${value}' does not name one object for certain.`,
    hint: "Write it as schema.name, letter by letter as the catalog has it and without quotes, for example 'public.attempt'.",
  }),
  'revision-malformed': ({value}) => ({
    what: `'${value}' does not name one revision.`,
    hint: 'Write the whole id of a revision, as in the file: never head, base, or one that is relative to another.',
  }),
  'path-malformed': ({value}) => ({
    what: `'${value}' is no path below its folder.`,
    hint: "Write it with forward slashes, without a leading slash and without '..'.",
  }),
  'variable-malformed': ({value}) => ({
    what: `'${value}' is no name of an environment variable.`,
    hint: 'Use letters, digits and underscores; begin with a letter.',
  }),
  'time-malformed': ({value}) => ({
    what: `'${value}' is no time of day.`,
    hint: "Write hours and minutes of a 24 hour clock in quotes, for example '02:00'.",
  }),
  'zone-unknown': ({value}) => ({
    what: `There is no time zone '${value}'.`,
    hint: "Write the IANA name, for example 'Asia/Seoul'.",
  }),
  'ssh-destination-malformed': ({value}) => ({
    what: `'${value}' is no destination for ssh.`,
    hint: "Write user@host, user@host:port, or a name of ~/.ssh/config, for example 'deploy@bastion.example:22'.",
  }),
  'sql-path-malformed': ({value}) => ({
    what: `'${value}' is not a path of an SQL file.`,
    hint: "Write it relative to sql/<runbook>/, with forward slashes, for example 'apply/010_change.sql'.",
  }),
  'signers-malformed': ({value}) => ({
    what: `'${value}' is not the name of a file of signers.`,
    hint: "Write the bare name of a file in runbook/<runbook>/signers/, for example 'approvers'.",
  }),
  'signers-missing': ({signers}) => ({
    what: `The file runbook/<runbook>/signers/${signers} is not there, or is empty.`,
    hint: 'Put a list of allowed signers there, as in ssh-keygen(1): a name, then a public key, one a line.',
  }),
  'approval-by-operator-only': () => ({
    what: 'Several approvers are wanted, and the operator may be one: one person would do for two.',
    hint: "Take 'self: allowed' away, or ask for one approver.",
  }),
  'sql-path-outside': ({value}) => ({
    what: `'${value}' leaves the folder of this runbook's SQL files.`,
    hint: 'Move the file below sql/<runbook>/: only what lies there is part of the plan that approvers sign.',
  }),
  'id-differs-from-folder': ({id, folder}) => ({
    what: `The runbook's id is '${id}', and its folder is '${folder}'.`,
    hint: 'Give both the same name: the folder decides where the SQL files are looked for.',
  }),
  duplicate: ({what, id, firstLine}) => ({
    what: `${duplicates[what]} '${id}'; the first is in line ${firstLine}.`,
    hint: 'Rename or delete one of the two: the journal and the evidence know things by this name.',
  }),
  'phase-unknown': ({phase}) => ({
    what: `There is no phase '${phase}'.`,
    hint: "Use the id of a phase from the list 'phases', or add the phase there.",
  }),
  'phase-without-steps': ({phase}) => ({
    what: `No step belongs to the phase '${phase}'.`,
    hint: 'Delete the phase, or give it a step.',
  }),
  'environment-undeclared': ({environment}) => ({
    what: `The runbook does not declare the environment '${environment}'.`,
    hint: `Add '${environment}:' under 'environments', or take it from this list.`,
  }),
  'step-outside-phase': ({phase, environment}) => ({
    what: `The step is meant for '${environment}', and its phase '${phase}' is not: it would never be reached there.`,
    hint: `Add '${environment}' to the phase, or take it from the step.`,
  }),
  'sql-file-missing': ({sql}) => ({
    what: `The file sql/<runbook>/${sql} is not there.`,
    hint: 'Check the path, letter by letter: upper and lower case differ.',
  }),
  'verify-missing': () => ({
    what: "A migration with 'transaction: none' needs 'verify'.",
    hint: 'Name an SQL file that returns no rows when the change is in place. After a crash nothing else can tell.',
  }),
  'file-not-repeatable': ({sql}) => ({
    what: `sql/<runbook>/${sql} cannot run twice, and with 'transaction: none' a retry begins at the first file.`,
    hint: 'Move what follows it to a migration step of its own, or let it run again by IF EXISTS or IF NOT EXISTS.',
  }),
  'read-unknown': ({read}) => ({
    what: `The check shares '${read}', and the step has no such shared read.`,
    hint: "Name it under 'shared' with its WITH queries, or take 'shares' from the check.",
  }),
  'read-not-shared': ({read}) => ({
    what: `Fewer than two checks share '${read}'.`,
    hint: "Give 'shares' to the checks whose files begin with its WITH queries, or take the read out.",
  }),
  'read-missing': ({read, wanted, found}) => ({
    what: `The check shares '${read}', and its file does not begin with WITH ${wanted}.${found === '' ? '' : ` It begins with ${found}.`}`,
    hint: 'The file begins with these WITH queries, in this order and without RECURSIVE, like each other file of the read.',
  }),
  'read-differs': ({read, sql}) => ({
    what: `From here on the queries of '${read}' differ from those in sql/<runbook>/${sql}.`,
    hint: 'Write them the same, letter for letter, comments and blanks included: they are sent once for all checks that share them.',
  }),
  'application-role-missing': ({environment}) => ({
    what: `The step runs as the application, and '${environment}' declares no applicationRole.`,
    hint: `Add it under environments.${environment}, or take 'as: application' from the step.`,
  }),
  'migration-without-snapshot': ({environment}) => ({
    what: `In '${environment}' this migration runs without a mandatory snapshot step before it.`,
    hint: 'Add one before it. Without it, grants, owners and dependants that the change takes cannot be put back.',
  }),
  'jobs-without-directory': () => ({
    what: 'pg_dump takes several jobs only with `format: directory`.',
    hint: 'Add it, or leave `jobs` out.',
  }),
  'migration-without-backup': ({environment}) => ({
    what: `In '${environment}' this migration runs without a mandatory backup step before it.`,
    hint: 'Add one before it: it is the last way back.',
  }),
  'target-shared': ({environment}) => ({
    what: `This may be the database that '${environment}' declares: two environments cannot be one database.`,
    hint: 'Declare another system identifier, or the database of both when they share a server.',
  }),
  'accept-in-vain': () => ({
    what: "Nothing is put back here, so no loss can be accepted: 'accept' needs 'transaction: whole' and declared objects.",
    hint: "Take 'accept' out, or declare the object under 'objects' and change it in one transaction.",
  }),
  'no-way-back': () => ({
    what: "The runbook changes the database and lists no way back under 'rollback'.",
    hint: "Add at least one, for example 'restore-objects' or 'revert'.",
  }),
  'alembic-step-unknown': ({step}) => ({
    what: `'${step}' is no migration of this runbook with 'migrator: alembic'.`,
    hint: 'Name the id of the step whose Alembic project is meant.',
  }),
  'find-by-unknown': ({step}) => ({
    what: `'${step}' is no query step of this runbook with 'expect: no-rows'.`,
    hint: 'Name the id of a query step that finds the rows over which a check would stumble.',
  }),
  'after-kind-wrong': ({kind}) => ({
    what: `A way back is followed by checklists and queries only; '${kind}' is neither.`,
    hint: "What changes the database belongs to the way back itself, or into a way back of its own. Make this a 'checklist' that a person works through, or a 'query' that asks the database.",
  }),
  'confirms-unknown': ({step}) => ({
    what: `'${step}' is no checklist that comes before this query wherever it is asked.`,
    hint: "Name the id of a checklist before it, in the same list and the same environments; or leave 'confirms' out, and the query is asked on a copy too.",
  }),
  'alembic-without-rehearsal': ({environment}) => ({
    what: `In '${environment}' nobody could say beforehand what Alembic takes along: no mandatory rehearsal on a copy comes before the migration.`,
    hint: "Add a step of kind 'rehearse' before it. It shows every loss and every statement on a copy of the database.",
  }),
  'alembic-file-missing': ({path}) => ({
    what: `The Alembic project has no ${path}.`,
    hint: "'directory', 'config' and 'scripts' are looked for below the folder that holds runbook/ and sql/.",
  }),
  'option-without-objects': ({option}) => ({
    what: `The way back '${option}' acts on the declared objects, and there are none.`,
    hint: "List the objects that the change touches under 'objects', or take this way back out.",
  }),
  'option-without-snapshot': ({option, environment}) => ({
    what: `In '${environment}' the way back '${option}' would be impossible: no mandatory snapshot step comes before the change.`,
    hint: 'Add a snapshot step before the first migration.',
  }),
  'sql-empty': () => ({what: 'The file has no statement.', hint: 'Write one, or take the file from the runbook.'}),
  'sql-unterminated': ({what, opened}) => ({
    what: `${quotes[what]} that begins here (${opened}) does not end.`,
    hint: 'Close it. Until then nobody can tell what follows.',
  }),
  'sql-meta-command': ({command}) => ({
    what: `${command} is a command of psql, not SQL.`,
    hint: 'Take it out: the file is sent to the server as it is, without psql.',
  }),
  'sql-transaction-control': ({statement}) => ({
    what: `${statement.toUpperCase()} begins, ends or alters a transaction.`,
    hint: 'Take it out: the tool opens the transaction, writes its number down first, and commits after the checks.',
  }),
  'sql-cascade': () => ({
    what: 'CASCADE also takes what nobody listed: views, grants and comments go without a word.',
    hint: `Use RESTRICT, and name what has to be dropped. Declared objects and their dependants are put back by the tool. ${exceptionEn('sql-cascade')}`,
  }),
  'sql-several-statements': ({statements}) => ({
    what: `The file runs outside of a transaction and has ${formatCount(statements)} statements.`,
    hint: 'Give each statement its own file, so that a failure leaves no doubt about which ones took effect.',
  }),
  'sql-syntax': ({message}) => ({
    what: `PostgreSQL cannot read this: ${ended(message)}`,
    hint: 'Mend it here or just before: the server would refuse the whole file, and nothing of it would run.',
  }),
  'sql-several-answers': ({statements}) => ({
    what: `The file asks one question and has ${formatCount(statements)} statements; only one answer would be looked at.`,
    hint: 'Keep one statement, and give each other question a step or a check of its own.',
  }),
  'sql-not-in-transaction': ({statement}) => ({
    what: `PostgreSQL refuses ${statement} inside of a transaction, and this file runs inside of one.`,
    hint: "Move it to a file of its own in a migration with 'transaction: none'.",
  }),
  'sql-write-in-reader': ({statement}) => ({
    what: `This file may only read, and ${statement} writes or locks.`,
    hint: 'Ask with a plain SELECT; what changes the database belongs to a migration step.',
  }),
  'sql-lifts-limit': ({setting}) => ({
    what: `This changes a limit of the session (${setting}), and what is promised on the screen before it starts would not hold any more.`,
    hint: "Take it out. 'timeoutMs' of a step, and 'lockTimeoutMs' of a migration, are shown and approved; the other limits are the tool's own.",
  }),
  'sql-not-declared': ({object, key}) => ({
    what: `The script changes ${object}, which the runbook does not declare: nothing of it would be looked at, put back or taken back.`,
    hint:
      key === 'objects'
        ? `Add it to runbook.yaml: objects: [..., ${object}]`
        : `Add it to runbook.yaml: tables: [..., {name: ${object}}]`,
  }),
  'sql-view-alone': ({view}) => ({
    what: `A change of the view ${view} outside of a transaction takes its options and rights along, and nothing puts them back.`,
    hint: "A view needs no 'transaction: none': move this to a migration of its own with 'transaction: whole'.",
  }),
  'sql-copy-over-line': ({statement}) => ({
    what: `${statement} moves rows over the connection; this tool sends statements and keeps their answers, and no rows come or go beside them.`,
    hint: 'Write rows as INSERT … VALUES, or load them from a file of the server. Ask for rows with a SELECT in a query step.',
  }),
  'sql-index-on-view': ({view}) => ({
    what: `An index on ${view} is impossible: it is a view, which stores no rows.`,
    hint: 'Put the index on the table below it, on the same expression, or make a materialised view in a new version.',
  }),
  'sql-lock-on-view': ({view}) => ({
    what: `LOCK TABLE on the view ${view} also locks every table below it: all their readers or writers would wait.`,
    hint: 'Take it out: the tool locks exactly the declared objects, and only for the moment of the change.',
  }),
  'sql-index-blocks-writes': ({table}) => ({
    what: `While this index is built nobody can write to ${table}.`,
    hint: `Use CREATE INDEX CONCURRENTLY in a migration with 'transaction: none'. ${exceptionEn('sql-index-blocks-writes')}`,
  }),
  'sql-commits-inside': ({statement}) => ({
    what: `${statement} commits by itself: a run that is cut off leaves a part of it, and a second run would do that part again.`,
    hint: `Let each batch leave a mark in its own transaction, by which a second run skips it. ${exceptionEn('sql-commits-inside')}`,
  }),
  'sql-index-may-be-broken': ({index}) => ({
    what: `A build of ${index} that was broken off leaves it behind INVALID, and IF NOT EXISTS would skip it for ever.`,
    hint: `Take IF NOT EXISTS out, and let a file before this one say: DROP INDEX CONCURRENTLY IF EXISTS. ${exceptionEn('sql-index-may-be-broken')}`,
  }),
  'sql-name-not-qualified': ({what, name}) => ({
    what: `The ${what} ${name} has no schema: the session searches pg_catalog alone and would not find it.`,
    hint: `Write its schema: public.${name}. ${exceptionEn('sql-name-not-qualified')}`,
  }),
  'sql-allow-malformed': ({comment}) => ({
    what: `This exception cannot be read: ${comment}`,
    hint: 'Write it as: -- lint: allow sql-cascade because <reason>',
  }),
  'sql-allow-impossible': ({rule}) => ({
    what: `'${rule}' is no rule that a reason could except.`,
    hint: `What can be excepted: ${listed(excepted)}. Everything else the server refuses, whatever the reason.`,
  }),
  'sql-allow-unused': ({rule}) => ({
    what: `The next statement does not break the rule '${rule}' that this comment excepts.`,
    hint: 'Take the comment out, or put it right above the statement that it is about: approvers sign every exception.',
  }),
  'answer-step-unknown': ({step}) => ({
    what: `The runbook has no step '${step}'.`,
    hint: 'Use the id of a step of the runbook.',
  }),
  'answer-item-unknown': ({step, item}) => ({
    what: `The step '${step}' has no item '${item}'.`,
    hint: 'Use the id of an item of this checklist.',
  }),
  'answer-option-unknown': ({option}) => ({
    what: `The runbook has no way back '${option}'.`,
    hint: "Use the id of an option from the list 'rollback'.",
  }),
  'answer-ambiguous': ({keys}) => ({
    what: keys.length === 0 ? 'This answer says nothing.' : `This answer says more than one thing: ${listed(keys)}.`,
    hint: "Give exactly one of 'check', 'start', 'confirm' and 'waive'; 'note' belongs to 'check: all'.",
  }),
  'answer-does-not-fit': ({step, kind, key}) => ({
    what: `'${key}' is no answer to the step '${step}' (${kind}).`,
    hint: "A checklist takes 'check'; a step that changes the database 'confirm'; any other 'start'; 'waive' is for optional steps.",
  }),
  'answer-note-missing': ({step, item}) => ({
    what: `The item '${item}' of the step '${step}' needs a note.`,
    hint: "Add 'note' with a link, a name or a ticket.",
  }),
};
