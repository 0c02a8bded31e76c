// What does one statement say of which objects?

import type {RelationKind, RightsSaid, Said} from '../../core/script-effects.ts';
import type {SqlNode} from '../../core/sql-parser.ts';
import {inner, isNode, isRelation, list, nameParts, relationName, text, unwrapped} from '../sql-tree.ts';

export type StatementEffect = Readonly<{object: string; of: 'relation' | 'routine' | 'index'}> & Said;

const kinds: Readonly<Record<string, RelationKind>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
};
const kindOf = (objectType: string): RelationKind => kinds[objectType] ?? 'other';

const routines = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE']);

const ofRelation = (object: string, said: Said): StatementEffect => ({object, of: 'relation', ...said});
const ofRoutine = (object: string, said: Said): StatementEffect => ({object, of: 'routine', ...said});

/** The parts of a name, however the statement wraps it. */
const partsOf = (object: SqlNode): readonly string[] => {
  const [kind, node] = unwrapped(object);
  if (kind === 'RangeVar') return relationName(node).split(/\.(.*)/s, 2);
  if (kind === 'ObjectWithArgs') return nameParts(list(node, 'objname'));
  return nameParts(list(node, kind === 'TypeName' ? 'names' : 'items'));
};
const qualified = (parts: readonly string[]): string => parts.join('.');

const relationIn = (node: SqlNode, key = 'relation'): string | undefined => {
  const relation = inner(node, key);
  return relation !== undefined && isRelation(relation) ? relationName(relation) : undefined;
};

const dropped = (node: SqlNode): readonly StatementEffect[] => {
  const type = text(node, 'removeType');
  return list(node, 'objects').flatMap((object): readonly StatementEffect[] => {
    const parts = partsOf(object);
    const last = parts.at(-1) ?? '';
    if (type in kinds) return [ofRelation(qualified(parts), {what: 'drop', kind: kindOf(type)})];
    if (routines.has(type)) return [ofRoutine(qualified(parts), {what: 'drop', kind: 'other'})];
    const of = qualified(parts.slice(0, -1));
    if (type === 'OBJECT_TRIGGER') return [ofRelation(of, {what: 'part', part: 'trigger', name: last})];
    if (type === 'OBJECT_RULE') return [ofRelation(of, {what: 'part', part: 'rule', name: last})];
    if (type === 'OBJECT_POLICY') return [ofRelation(of, {what: 'part', part: 'policy', name: last})];
    if (type === 'OBJECT_INDEX') return [{object: qualified(parts), of: 'index', what: 'drop', kind: 'other'}];
    return [];
  });
};

const commented = (node: SqlNode): readonly StatementEffect[] => {
  const object = inner(node, 'object');
  if (object === undefined) return [];
  const type = text(node, 'objtype');
  const parts = partsOf(object);
  const of = qualified(parts.slice(0, -1));
  const last = parts.at(-1) ?? '';
  if (type in kinds) return [ofRelation(qualified(parts), {what: 'comment', kind: kindOf(type)})];
  if (routines.has(type)) return [ofRoutine(qualified(parts), {what: 'comment', kind: 'other'})];
  switch (type) {
    case 'OBJECT_COLUMN':
      return [ofRelation(of, {what: 'column comment', column: last})];
    case 'OBJECT_TRIGGER':
      return [ofRelation(of, {what: 'part', part: 'trigger', name: last})];
    case 'OBJECT_RULE':
      return [ofRelation(of, {what: 'part', part: 'rule', name: last})];
    case 'OBJECT_INDEX':
      return [{object: qualified(parts), of: 'index', what: 'other', kind: 'other'}];
    // The type may be the row type of a view; any other bears the name of no relation.
    case 'OBJECT_TYPE':
      return [ofRelation(qualified(parts), {what: 'row type comment'})];
    default:
      return [];
  }
};

const granteeOf = (role: SqlNode): string | undefined => {
  switch (text(role, 'roletype')) {
    case 'ROLESPEC_CSTRING':
      return text(role, 'rolename');
    case 'ROLESPEC_PUBLIC':
      return 'PUBLIC';
    default:
      return undefined;
  }
};

const rightsIn = (node: SqlNode): readonly RightsSaid[] => {
  const revokes = node['is_grant'] !== true;
  const option = node['grant_option'] === true ? {option: true as const} : {};
  const grantees = list(node, 'grantees').map((one) => granteeOf(inner(one, 'RoleSpec') ?? {}));
  const listed = list(node, 'privileges').map((one) => inner(one, 'AccessPriv') ?? {});
  const ofWhole = listed.filter((one) => list(one, 'cols').length === 0);
  const ofColumns = listed.filter((one) => list(one, 'cols').length > 0);
  const named = (one: SqlNode): readonly string[] | undefined =>
    text(one, 'priv_name') === '' ? undefined : [text(one, 'priv_name').toUpperCase()];
  return grantees.flatMap((grantee) => [
    ...(listed.length === 0 ? [{grantee, privileges: undefined, revokes, ...option}] : []),
    ...ofWhole.map((one) => ({grantee, privileges: named(one), revokes, ...option})),
    ...ofColumns.map((one) => ({grantee, privileges: named(one), columns: nameParts(list(one, 'cols')), revokes, ...option})),
  ]);
};

const granted = (node: SqlNode): readonly StatementEffect[] => {
  const type = text(node, 'objtype');
  const rights = rightsIn(node);
  const target = text(node, 'targtype');
  if (target === 'ACL_TARGET_ALL_IN_SCHEMA') {
    const of = type === 'OBJECT_TABLE' ? ofRelation : routines.has(type) ? ofRoutine : undefined;
    return nameParts(list(node, 'objects')).flatMap((schema) =>
      of === undefined ? [] : rights.map((one) => of(`${schema}.*`, {what: 'rights', ...one})),
    );
  }
  if (target !== 'ACL_TARGET_OBJECT') return [];
  return list(node, 'objects').flatMap((object) => {
    const name = qualified(partsOf(object));
    if (type === 'OBJECT_TABLE') return rights.map((one) => ofRelation(name, {what: 'rights', ...one}));
    if (type === 'OBJECT_TYPE') return rights.map((one) => ofRelation(name, {what: 'row type rights', ...one}));
    return routines.has(type) ? rights.map((one) => ofRoutine(name, {what: 'rights', ...one})) : [];
  });
};

const optionKeys = (items: readonly SqlNode[]): readonly string[] =>
  items.flatMap((item) => {
    const element = inner(item, 'DefElem');
    if (element === undefined) return [];
    const space = text(element, 'defnamespace');
    return [`${space === '' ? '' : `${space}.`}${text(element, 'defname')}`];
  });

const altered = (node: SqlNode): readonly StatementEffect[] => {
  const name = relationIn(node);
  if (name === undefined) return [];
  const kind = kindOf(text(node, 'objtype'));
  if (text(node, 'objtype') === 'OBJECT_INDEX') return [{object: name, of: 'index', what: 'other', kind}];
  return list(node, 'cmds').flatMap((one): readonly StatementEffect[] => {
    const command = inner(one, 'AlterTableCmd') ?? {};
    const column = text(command, 'name');
    switch (text(command, 'subtype')) {
      case 'AT_ChangeOwner':
        return [ofRelation(name, {what: 'owner'})];
      case 'AT_SetRelOptions':
      case 'AT_ResetRelOptions':
      case 'AT_ReplaceRelOptions': {
        const items = list(inner(inner(command, 'def') ?? {}, 'List') ?? {}, 'items');
        return optionKeys(items).map((key) => ofRelation(name, {what: 'option', key}));
      }
      case 'AT_ColumnDefault':
        return [ofRelation(name, {what: 'default', column})];
      case 'AT_AlterColumnType':
      case 'AT_DropColumn':
      case 'AT_SetExpression':
        return [ofRelation(name, {what: 'column', column})];
      default:
        return [ofRelation(name, {what: 'other', kind})];
    }
  });
};

const renamed = (node: SqlNode): readonly StatementEffect[] => {
  const name = relationIn(node);
  const to = text(node, 'newname');
  const type = text(node, 'renameType');
  if (name === undefined) {
    const object = inner(node, 'object');
    return object !== undefined && routines.has(type) ? [ofRoutine(qualified(partsOf(object)), {what: 'rename', to})] : [];
  }
  switch (type) {
    case 'OBJECT_COLUMN':
      return [ofRelation(name, {what: 'column name', column: text(node, 'subname'), to})];
    case 'OBJECT_TRIGGER':
    case 'OBJECT_RULE': {
      const part = type === 'OBJECT_RULE' ? 'rule' : 'trigger';
      return [text(node, 'subname'), to].map((one) => ofRelation(name, {what: 'part', part, name: one}));
    }
    case 'OBJECT_INDEX':
      return [{object: name, of: 'index', what: 'rename', to}];
    default: {
      const schema = name.includes('.') ? `${name.slice(0, name.indexOf('.'))}.` : '';
      return type in kinds ? [ofRelation(name, {what: 'rename', to: `${schema}${to}`})] : [ofRelation(name, {what: 'other', kind: 'other'})];
    }
  }
};

const moved = (node: SqlNode): readonly StatementEffect[] => {
  const name = relationIn(node);
  const schema = text(node, 'newschema');
  if (name !== undefined) return [ofRelation(name, {what: 'rename', to: `${schema}.${name.slice(name.indexOf('.') + 1)}`})];
  const object = inner(node, 'object');
  return object !== undefined && routines.has(text(node, 'objectType'))
    ? [ofRoutine(qualified(partsOf(object)), {what: 'rename', to: ''})]
    : [];
};

const createdView = (node: SqlNode): readonly StatementEffect[] => {
  const name = relationIn(node, 'view');
  if (name === undefined || text(inner(node, 'view') ?? {}, 'relpersistence') === 't') return [];
  return [
    ofRelation(name, {what: 'create', kind: 'view', replaces: node['replace'] === true}),
    ...optionKeys(list(node, 'options')).map((key) => ofRelation(name, {what: 'option', key})),
  ];
};

const createdAs = (node: SqlNode): readonly StatementEffect[] => {
  const into = inner(node, 'into') ?? {};
  const name = relationIn(into, 'rel');
  if (name === undefined) return [];
  const kind = kindOf(text(node, 'objtype'));
  return [
    ofRelation(name, {what: 'create', kind, replaces: false}),
    ...optionKeys(list(into, 'options')).map((key) => ofRelation(name, {what: 'option', key})),
  ];
};

const withPart = (
  node: SqlNode,
  part: 'trigger' | 'rule' | 'index' | 'policy',
  key: string,
  of = 'relation',
): readonly StatementEffect[] => {
  const name = relationIn(node, of);
  return name === undefined ? [] : [ofRelation(name, {what: 'part', part, name: text(node, key)})];
};

/** ALTER … OWNER TO and other words about a routine. */
const ofObject = (node: SqlNode, said: Said): readonly StatementEffect[] => {
  const relation = relationIn(node);
  if (relation !== undefined) return [ofRelation(relation, {what: 'other', kind: 'other'})];
  const object = inner(node, 'object') ?? inner(node, 'func');
  if (object === undefined) return [];
  // ALTER FUNCTION holds its object bare.
  const parts = Array.isArray(object['objname']) ? nameParts(list(object, 'objname')) : partsOf(object);
  const type = text(node, 'objectType') || text(node, 'objtype');
  return routines.has(type) ? [ofRoutine(qualified(parts), said)] : [];
};

export const effectsOf = (tree: SqlNode): readonly StatementEffect[] => {
  const [kind, node] = unwrapped(tree);
  switch (kind) {
    case 'ViewStmt':
      return createdView(node);
    case 'CreateTableAsStmt':
      return createdAs(node);
    case 'CreateStmt':
    case 'CreateForeignTableStmt': {
      const name = relationIn(kind === 'CreateStmt' ? node : (inner(node, 'base') ?? {}));
      return name === undefined ? [] : [ofRelation(name, {what: 'create', kind: 'table', replaces: false})];
    }
    case 'SelectStmt': {
      const name = relationIn(inner(node, 'intoClause') ?? {}, 'rel');
      return name === undefined ? [] : [ofRelation(name, {what: 'create', kind: 'table', replaces: false})];
    }
    case 'CreateFunctionStmt': {
      const name = qualified(nameParts(list(node, 'funcname')));
      return [ofRoutine(name, {what: 'create', kind: 'other', replaces: node['replace'] === true})];
    }
    case 'DefineStmt':
      return text(node, 'kind') === 'OBJECT_AGGREGATE'
        ? [ofRoutine(qualified(nameParts(list(node, 'defnames'))), {what: 'create', kind: 'other', replaces: false})]
        : [];
    case 'DropStmt':
      return dropped(node);
    case 'RenameStmt':
      return renamed(node);
    case 'AlterObjectSchemaStmt':
      return moved(node);
    case 'AlterTableStmt':
      return altered(node);
    case 'AlterOwnerStmt':
      return ofObject(node, {what: 'owner'});
    case 'AlterFunctionStmt':
    case 'AlterObjectDependsStmt':
      return ofObject(node, {what: 'other', kind: 'other'});
    case 'CommentStmt':
      return commented(node);
    case 'GrantStmt':
      return granted(node);
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return withPart(node, 'policy', 'policy_name', 'table');
    case 'CreateTrigStmt':
      return withPart(node, 'trigger', 'trigname');
    case 'RuleStmt':
      return withPart(node, 'rule', 'rulename');
    case 'IndexStmt':
      return withPart(node, 'index', 'idxname');
    case 'RefreshMatViewStmt': {
      const name = relationIn(node);
      return name === undefined ? [] : [ofRelation(name, {what: 'refresh'})];
    }
    default:
      return [];
  }
};

/** True of names that the session would look up along its search_path, and of nothing that says its schema. */
export const isUnplaced = ({object}: StatementEffect): boolean => object !== '' && !object.includes('.');

export const isTemporary = (tree: SqlNode): boolean => {
  const [, node] = unwrapped(tree);
  const relations = [inner(node, 'relation'), inner(node, 'view'), inner(inner(node, 'into') ?? {}, 'rel')];
  return relations.some(
    (one) => isNode(one) && (text(one, 'relpersistence') === 't' || text(one, 'schemaname') === 'pg_temp'),
  );
};
