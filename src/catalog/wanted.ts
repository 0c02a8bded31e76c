// How shall the catalog be after a script? As the script says of what it speaks of, and as it was in everything else.

import {saidOf, type Effect, type RightsSaid, type ScriptEffects} from '../core/script-effects.ts';
import {isCreated, routineName} from './falls.ts';
import {
  isRelation,
  qualifiedName,
  type ColumnState,
  type Dependant,
  type Grant,
  type ObjectState,
  type PartState,
  type Snapshot,
} from './snapshot.ts';

/** What a relation's definition says that makes a trigger or a rule, or an index, by name. */
const partName = (definition: string): string =>
  (
    /^CREATE (?:CONSTRAINT |UNIQUE |OR REPLACE )*(?:TRIGGER|RULE|INDEX) ("(?:[^"]|"")+"|\S+)/.exec(definition)?.[1] ??
    ''
  )
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll('""', '"');

/** A setting without its value: `COMMENT ON INDEX s.i`, `ALTER MATERIALIZED VIEW s.m ALTER COLUMN a SET STATISTICS`. */
const subject = (setting: string): string =>
  setting.startsWith('COMMENT ')
    ? setting.slice(0, setting.indexOf(' IS '))
    : setting.replace(/ (?:\([^)]*\)|\S+)$/, '');

/** Does it name this role's right on this thing? A REVOKE on the whole takes the rights on its columns as well. */
const names = (
  {grantee, privileges, columns, revokes}: RightsSaid,
  grant: Grant,
  runsAs: string,
  column?: string,
): boolean => {
  if ((grantee ?? runsAs) !== grant.grantee) return false;
  if (privileges !== undefined && !privileges.includes(grant.privilege)) return false;
  if (column === undefined) return columns === undefined;
  return columns === undefined ? revokes : columns.includes(column);
};

/** As COLLATE "C" sorts. */
const BYTES = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** As the catalog query sorts them; what rests on a grant option that nobody holds any more goes with it. */
const settled = (grants: readonly Grant[], owner: string, above: readonly Grant[] = []): readonly Grant[] => {
  let left = grants;
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const options = new Set(
      [...above, ...left].flatMap((one) => (one.grantable ? [`${one.privilege} ${one.grantee}`] : [])),
    );
    left = left.filter(({grantor, privilege}) => grantor === owner || options.has(`${privilege} ${grantor}`));
  }
  const key = ({grantee}: Grant): string => (grantee === 'PUBLIC' ? '' : grantee);
  return left.toSorted(
    (a, b) => BYTES(key(a), key(b)) || BYTES(a.privilege, b.privilege) || BYTES(a.grantor, b.grantor),
  );
};

/** What ALTER … OWNER makes of rights: those of the old owner, held or given, are the new one's. */
const withOwner = (grants: readonly Grant[], from: string, to: string): readonly Grant[] =>
  from === to
    ? grants
    : grants.map((grant) => ({
        ...grant,
        grantee: grant.grantee === from ? to : grant.grantee,
        grantor: grant.grantor === from ? to : grant.grantor,
      }));

type Owners = Readonly<{was: string; is: string; wanted: string; runsAs: string; isNew: boolean}>;

/**
 * What is left of the rights that were, when a script revokes some: those that the owner gave, in whose name it acts. On an
 * object that stayed the server has done that itself.
 */
const leftOf = (
  before: readonly Grant[],
  rights: readonly RightsSaid[],
  {was, runsAs, isNew}: Owners,
  column?: string,
): readonly Grant[] => {
  const isNamed = (grant: Grant) => (said: RightsSaid) => names(said, grant, runsAs, column);
  if (!isNew) return before.filter((grant) => !rights.some(isNamed(grant)));
  return before.flatMap((grant) => {
    const revoked = rights.filter(({revokes}) => revokes).filter(isNamed(grant));
    if (grant.grantor !== was || revoked.length === 0) return [grant];
    return revoked.every(({option}) => option === true) ? [{...grant, grantable: false}] : [];
  });
};

/** One right from one grantor is one entry, with the option if anything gave it. */
const merged = (grants: readonly Grant[]): readonly Grant[] => {
  const entries = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.grantee, grant.grantor, grant.privilege]);
    const known = entries.get(key);
    entries.set(key, known === undefined ? grant : {...known, grantable: known.grantable || grant.grantable});
  }
  return [...entries.values()];
};

const wantedGrants = (
  before: readonly Grant[],
  after: readonly Grant[],
  rights: readonly RightsSaid[],
  owners: Owners,
  {column, above = []}: Readonly<{column?: string; above?: readonly Grant[]}> = {},
): readonly Grant[] => {
  const {was, is, wanted, runsAs} = owners;
  const said = after.filter((grant) => rights.some((one) => names(one, grant, runsAs, column)));
  return settled(
    merged([...withOwner(leftOf(before, rights, owners, column), was, wanted), ...withOwner(said, is, wanted)]),
    wanted,
    above,
  );
};

const rightsIn = (said: readonly Effect[], what: 'rights' | 'row type rights'): readonly RightsSaid[] =>
  said.flatMap((one) => (one.what === what ? [one as RightsSaid] : []));

const wantedColumns = (
  before: ObjectState,
  after: ObjectState,
  said: readonly Effect[],
  owners: Owners,
  /** Rights on the whole, whose grant options serve for its columns as well. */
  above: readonly Grant[],
): readonly ColumnState[] => {
  const rights = rightsIn(said, 'rights');
  const saidOfColumns = (what: 'default' | 'column comment'): ReadonlySet<string> =>
    new Set(said.flatMap((one) => (one.what === what ? [one.column] : [])));
  const [defaults, comments] = [saidOfColumns('default'), saidOfColumns('column comment')];
  // What a column took along that is not there any more is a loss, unless the script speaks of the column itself.
  const spoken = new Set(
    said.flatMap((one) => (one.what === 'column' || one.what === 'column name' ? [one.column] : [])),
  );
  const gone = before.columns.filter(
    ({name, grants, comment, default: value}) =>
      !spoken.has(name) &&
      !after.columns.some((column) => column.name === name) &&
      (grants.length > 0 || comment !== null || value !== null),
  );
  const there = after.columns.map((column) => {
    const was = before.columns.find(({name}) => name === column.name);
    // A column that nobody had before has lost nothing: what it has is the script's.
    if (was === undefined)
      return {...column, grants: settled(withOwner(column.grants, owners.is, owners.wanted), owners.wanted, above)};
    return {
      ...column,
      default: defaults.has(column.name) ? column.default : was.default,
      comment: comments.has(column.name) ? column.comment : was.comment,
      grants: wantedGrants(was.grants, column.grants, rights, owners, {column: column.name, above}),
    };
  });
  return [...there, ...gone];
};

/** Parts of a relation that the script makes, drops or speaks of; an index is spoken of by a name of its own. */
const partsSaid = (
  effects: ScriptEffects,
  said: readonly Effect[],
  schema: string,
  part: 'trigger' | 'rule' | 'index',
): ReadonlySet<string> =>
  new Set([
    ...said.flatMap((one) => (one.what === 'part' && one.part === part ? [one.name] : [])),
    ...(part === 'index'
      ? effects.effects.flatMap(({of, object}) =>
          of === 'index' && object.startsWith(`${schema}.`) ? [object.slice(schema.length + 1)] : [],
        )
      : []),
  ]);

/** The trigger, rule or index that a setting is about. */
const partOf = (setting: string): string | undefined => {
  const found =
    /^(?:COMMENT ON|ALTER) (?:TRIGGER|RULE|INDEX) (?:(?:"(?:[^"]|"")+"|[^\s".]+)\.)?("(?:[^"]|"")+"|[^\s".]+)/.exec(
      setting,
    );
  return found?.[1]?.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"');
};

const wantedSettings = (before: ObjectState, after: ObjectState, spoken: ReadonlySet<string>): readonly string[] => {
  const subjects = new Set(after.settings.map(subject));
  const left = before.settings.filter((one) => !subjects.has(subject(one)) && !spoken.has(partOf(one) ?? ''));
  return [...after.settings, ...left].toSorted(BYTES);
};

type Made = Readonly<{effects: ScriptEffects; said: readonly Effect[]; isNew: boolean; runsAs: string}>;

/** Whatever the script does not speak of is as before: what a new object lacks comes back, what somebody else did goes. */
const wantedRelation = (before: ObjectState, after: ObjectState, {effects, said, isNew, runsAs}: Made): ObjectState => {
  const speaks = (what: Effect['what']): boolean => said.some((one) => one.what === what);
  const spoken = (part: 'trigger' | 'rule' | 'index') => partsSaid(effects, said, after.schema, part);
  const kept = (
    part: 'trigger' | 'rule' | 'index',
    was: readonly string[],
    is: readonly string[],
  ): readonly string[] => {
    const there = new Set(is.map(partName));
    const left = was.filter((one) => !spoken(part).has(partName(one)) && !there.has(partName(one)));
    return [...is, ...left].toSorted((a, b) => (part === 'index' ? BYTES(a, b) : BYTES(partName(a), partName(b))));
  };
  const owner = speaks('owner') ? after.owner : before.owner;
  const owners = {was: before.owner, is: after.owner, wanted: owner, runsAs, isNew};
  const grants = wantedGrants(before.grants, after.grants, rightsIn(said, 'rights'), owners);
  const same = {
    ...after,
    owner,
    comment: speaks('comment') ? after.comment : before.comment,
    grants,
    columns: wantedColumns(before, after, said, owners, grants),
    ...(before.rowType === undefined || after.rowType === undefined
      ? {}
      : {
          rowType: {
            comment: speaks('row type comment') ? after.rowType.comment : before.rowType.comment,
            grants: wantedGrants(
              before.rowType.grants,
              after.rowType.grants,
              rightsIn(said, 'row type rights'),
              owners,
            ),
          },
        }),
  };
  if (before.kind !== after.kind) return same;
  // An index that is made again has not its comment by that; one that is spoken of by its own name has what was said.
  const ofIndexes = partsSaid(effects, [], after.schema, 'index');
  const parts = new Set([...spoken('trigger'), ...spoken('rule'), ...ofIndexes]);
  const isAltered = !isNew && (speaks('other') || speaks('part') || ofIndexes.size > 0);
  return {
    ...same,
    options: wantedOptions(before, after, said),
    rules: kept('rule', before.rules, after.rules),
    triggers: kept('trigger', before.triggers, after.triggers),
    indexes: kept('index', before.indexes, after.indexes),
    settings: isAltered ? after.settings : wantedSettings(before, after, parts),
    ...(before.extensions === undefined || after.extensions === undefined
      ? {}
      : {
          extensions: isNew
            ? [...new Set([...after.extensions, ...before.extensions])].toSorted(BYTES)
            : after.extensions,
        }),
  };
};

const optionKey = (option: string): string => option.slice(0, option.indexOf('='));

/** CREATE OR REPLACE VIEW without WITH takes all options away, and says nothing of it. */
const wantedOptions = (before: ObjectState, after: ObjectState, said: readonly Effect[]): readonly string[] => {
  const keys = new Set(said.flatMap((one) => (one.what === 'option' ? [one.key] : [])));
  const there = new Set(after.options.map(optionKey));
  return [
    ...after.options,
    ...before.options.filter((one) => !keys.has(optionKey(one)) && !there.has(optionKey(one))),
  ].toSorted(BYTES);
};

const wantedRoutine = (before: PartState, after: PartState, effects: ScriptEffects, runsAs: string): PartState => {
  const name = routineName(before.name);
  const schema = `${name.slice(0, name.indexOf('.'))}.*`;
  const said = effects.effects.filter(({of, object}) => of === 'routine' && (object === name || object === schema));
  if (!said.some(({what}) => what === 'drop')) return after;
  const speaks = (what: Effect['what']): boolean => said.some((one) => one.what === what);
  const owner = speaks('owner') ? after.owner : before.owner;
  const owners = {was: before.owner, is: after.owner, wanted: owner, runsAs, isNew: true};
  return {
    ...after,
    owner,
    grants: wantedGrants(before.grants, after.grants, rightsIn(said, 'rights'), owners),
    settings: speaks('comment') ? after.settings : before.settings,
    ...(before.extensions === undefined ? {} : {extensions: before.extensions}),
  };
};

export type Wanted = Readonly<{
  /** Exists after the script; owners, rights, options and comments are driven to this. */
  standing: readonly Dependant[];
  /** Is created by the tool, as it was. */
  falling: readonly Dependant[];
  /** The whole catalog as it has to be in the end. */
  catalog: Snapshot;
}>;

/**
 * @param before the catalog under the locks.
 * @param after the same when the script has run, and nothing of the tool's.
 * @param falling what the tool dropped before the script.
 * @param runsAs the role that the script runs as.
 */
export const wantedAfter = (
  before: Snapshot,
  after: Snapshot,
  falling: readonly Dependant[],
  effects: ScriptEffects,
  runsAs: string,
): Wanted => {
  const isFallen = new Set(falling.map(qualifiedName));
  const isRepointed = effects.effects.some(({of, what}) => of === 'relation' && what === 'rename');
  const wasNamed = new Map([...before.objects, ...before.dependants].map((of) => [qualifiedName(of), of]));
  const one = (of: Dependant): Dependant => {
    const name = qualifiedName(of);
    const was = wasNamed.get(name);
    if (was === undefined) return of;
    if (isRelation(of) && isRelation(was)) {
      const said = saidOf(effects, name);
      const isNew = isFallen.has(name) || said.some(({what}) => what === 'drop');
      const wanted = wantedRelation(was, of, {effects, said, isNew, runsAs});
      // A reader of what was renamed reads on under the new name: that is another text, and nobody spoke of it.
      return said.length === 0 && isRepointed ? {...wanted, definition: was.definition} : wanted;
    }
    return isRelation(of) || isRelation(was) ? of : wantedRoutine(was, of, effects, runsAs);
  };
  const standing = [...after.objects, ...after.dependants].map(one);
  const names = new Set(standing.map(qualifiedName));
  const created = falling.filter((of) => !isRelation(of) || !isCreated(effects, qualifiedName(of)));
  const toCreate = created.filter((of) => !names.has(qualifiedName(of)));
  const declared = new Set([...before.objects, ...after.objects].map(qualifiedName));
  // What vanished without being named was lost with something else: it is wanted, and its absence is told.
  const isNamed = (of: Dependant): boolean => {
    const name = qualifiedName(of);
    if (isRelation(of)) return saidOf(effects, name).some(({what}) => what === 'drop' || what === 'rename');
    const routine = routineName(of.name);
    return effects.effects.some((one) => one.of === 'routine' && one.object === routine);
  };
  const isLost = (of: Dependant): boolean =>
    !names.has(qualifiedName(of)) && !isFallen.has(qualifiedName(of)) && !isNamed(of);
  const lost = [
    ...before.objects,
    ...before.dependants.filter((of) => isRelation(of) || of.kind === 'function' || of.kind === 'procedure'),
  ].filter(isLost);
  // What the other kind of object cannot have nobody can put back: it is a loss, to be accepted or not.
  const withLost = (of: Dependant): Dependant => {
    const was = wasNamed.get(qualifiedName(of));
    if (was === undefined || !isRelation(of) || !isRelation(was) || of.kind === was.kind) return of;
    const missing = (list: readonly string[], there: readonly string[]) => list.filter((each) => !there.includes(each));
    return {
      ...of,
      options: wantedOptions(was, of, saidOf(effects, qualifiedName(of))),
      rules: [...of.rules, ...missing(was.rules, of.rules)],
      triggers: [...of.triggers, ...missing(was.triggers, of.triggers)],
    };
  };
  const all = [...standing.map(withLost), ...toCreate, ...lost];
  return {
    standing,
    falling: toCreate,
    catalog: {
      ...after,
      objects: all.filter(isRelation).filter((of) => declared.has(qualifiedName(of))),
      dependants: all.filter((of) => !declared.has(qualifiedName(of))),
    },
  };
};
