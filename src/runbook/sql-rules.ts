// Which statements cannot do, where they stand, what their author means?

import type {SqlNode} from '../core/sql-parser.ts';
import type {FileRole} from './referenced-files.ts';
import type {ProblemDetail} from './problems.ts';
import {inner, isCall, isRelation, list, locationOf, nameParts, nodesOf, optionOf, relationName, text, unwrapped} from './sql-tree.ts';

/** What all files of a runbook together tell. */
export type Knowledge = Readonly<{
  /** Names of relations that are views and nothing else, wherever a file creates them. */
  views: ReadonlySet<string>;
  /** Tables and materialised views that the change itself creates: nobody reads them yet. */
  created: ReadonlySet<string>;
  temporary: ReadonlySet<string>;
  /** Procedures that end transactions in their body. */
  committing: ReadonlySet<string>;
}>;

export type Finding = Readonly<{detail: ProblemDetail; offset: number | undefined}>;

/** The name of a statement that PostgreSQL refuses inside of a transaction (25001). */
export const refusesTransaction = (tree: SqlNode): string | undefined => {
  const [kind, node] = unwrapped(tree);
  switch (kind) {
    case 'IndexStmt':
      return node['concurrent'] === true ? 'CREATE INDEX CONCURRENTLY' : undefined;
    case 'DropStmt':
      return node['concurrent'] === true ? 'DROP INDEX CONCURRENTLY' : undefined;
    case 'ReindexStmt': {
      if (optionOf(node, 'params', 'concurrently') !== undefined) return 'REINDEX CONCURRENTLY';
      const whole = /^REINDEX_OBJECT_(SCHEMA|SYSTEM|DATABASE)$/.exec(text(node, 'kind'))?.[1];
      return whole === undefined ? undefined : `REINDEX ${whole}`;
    }
    case 'AlterTableStmt': {
      const detaches = nodesOf(node).some(([key, part]) => key === 'PartitionCmd' && part['concurrent'] === true);
      return detaches ? 'ALTER TABLE … DETACH PARTITION … CONCURRENTLY' : undefined;
    }
    case 'AlterDatabaseStmt':
      return optionOf(node, 'options', 'tablespace') === undefined ? undefined : 'ALTER DATABASE … SET TABLESPACE';
    case 'CreateSubscriptionStmt':
      return ['create_slot', 'connect', 'slot_name'].some((name) => optionOf(node, 'options', name) !== undefined)
        ? undefined
        : 'CREATE SUBSCRIPTION';
    case 'ClusterStmt':
      return inner(node, 'relation') === undefined ? 'CLUSTER' : undefined;
    case 'VacuumStmt':
      return node['is_vacuumcmd'] === true ? 'VACUUM' : undefined;
    case 'DiscardStmt':
      return text(node, 'target') === 'DISCARD_ALL' ? 'DISCARD ALL' : undefined;
    case 'CreatedbStmt':
      return 'CREATE DATABASE';
    case 'DropdbStmt':
      return 'DROP DATABASE';
    case 'AlterSystemStmt':
      return 'ALTER SYSTEM';
    case 'CreateTableSpaceStmt':
      return 'CREATE TABLESPACE';
    case 'DropTableSpaceStmt':
      return 'DROP TABLESPACE';
    default:
      return undefined;
  }
};

const readingKinds = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt', 'VariableSetStmt', 'DoStmt']);
const writingKinds: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  LockingClause: 'FOR UPDATE',
  intoClause: 'SELECT INTO',
};
const writingFunctions = new Set(['nextval', 'setval', 'lo_create', 'lo_import', 'lo_unlink', 'lo_put']);

/** What in a statement a READ ONLY transaction refuses (25006), by the name of the first such part. */
export const writes = (tree: SqlNode, head: string): string | undefined => {
  const [kind, node] = unwrapped(tree);
  if (!readingKinds.has(kind)) return writingKinds[kind] ?? head;
  // EXPLAIN alone plans a change and makes none.
  if (kind === 'ExplainStmt' && optionOf(node, 'options', 'analyze') === undefined) return undefined;
  for (const [key, part] of nodesOf(tree)) {
    if (writingKinds[key] !== undefined) return writingKinds[key];
    if (isCall(part)) {
      const name = nameParts(list(part, 'funcname')).at(-1) ?? '';
      if (writingFunctions.has(name)) return `${name}()`;
    }
  }
  return undefined;
};

/** Is one of the known names meant? Where one of two names lacks its schema, they may be the same. */
export const among = (names: ReadonlySet<string>, name: string): boolean =>
  names.has(name) || [...names].some((one) => one.endsWith(`.${name}`) || name.endsWith(`.${one}`));

const cascadingKinds = new Set(['AlterTableCmd', 'DropStmt', 'TruncateStmt', 'GrantStmt', 'DropOwnedStmt', 'GrantRoleStmt', 'AlterDomainStmt']);
export const cascades = (tree: SqlNode): boolean =>
  nodesOf(tree).some(([key, node]) => cascadingKinds.has(key) && node['behavior'] === 'DROP_CASCADE');

/** What is wrong with one statement in a file of this role, by what it says and what the runbook's other files say. */
export const findingsOf = (tree: SqlNode, role: FileRole, knowledge: Knowledge): readonly Finding[] => {
  const [kind, node] = unwrapped(tree);
  const findings: Finding[] = [];
  const changes = role === 'change' || role === 'alone';
  if (kind === 'IndexStmt') {
    const relation = inner(node, 'relation') ?? {};
    const offset = locationOf(relation);
    const name = relationName(relation);
    if (among(knowledge.views, name)) findings.push({detail: {code: 'sql-index-on-view', view: name}, offset});
    else if (changes && node['concurrent'] !== true && !among(knowledge.created, name)) {
      findings.push({detail: {code: 'sql-index-blocks-writes', table: name}, offset});
    }
    if (changes && node['concurrent'] === true && node['if_not_exists'] === true) {
      findings.push({detail: {code: 'sql-index-may-be-broken', index: text(node, 'idxname')}, offset});
    }
  }
  if (kind === 'LockStmt') {
    for (const [, relation] of nodesOf(list(node, 'relations'))) {
      if (isRelation(relation) && among(knowledge.views, relationName(relation))) {
        const detail = {code: 'sql-lock-on-view', view: relationName(relation)} as const;
        findings.push({detail, offset: locationOf(relation)});
      }
    }
  }
  if (kind === 'CallStmt' && role === 'change') {
    const name = nameParts(list(inner(node, 'funccall') ?? {}, 'funcname')).at(-1) ?? '';
    if (knowledge.committing.has(name)) {
      findings.push({detail: {code: 'sql-transaction-control', statement: `call ${name}`}, offset: undefined});
    }
  }
  return findings;
};
