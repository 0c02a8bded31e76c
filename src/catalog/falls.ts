// What has to be dropped so that a script can do what it says, and what of that can nobody make again?

import {isDropped, saidOf, type Effect, type Meeting, type ScriptEffects} from '../core/script-effects.ts';
import {inOrder, isRelation, qualifiedName, type Dependant, type OtherDependant, type Snapshot} from './snapshot.ts';

export type Falls = Readonly<{
  /** What the tool drops before the script and creates after it, each after all that it hangs on. */
  falling: readonly Dependant[];
  /** What hangs on something that is dropped and can be made again by nobody but the script. */
  others: readonly OtherDependant[];
  inTheWay: readonly Meeting[];
}>;

/** A name as effects have it: without the quotes that the server puts where they are needed. */
const unquoted = (name: string): string =>
  name.replaceAll(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));

/** A routine's name without its arguments, by which a script is known to speak of it. */
export const routineName = (identity: string): string =>
  unquoted(/^(?:"(?:[^"]|"")*"|[^("])*/.exec(identity)?.[0] ?? identity);

/** Does the script itself speak of this dependant, or of what it belongs to, as of something that it drops? */
const isItsOwn = (effects: ScriptEffects, of: Dependant): boolean => {
  if (isRelation(of)) return isDropped(effects, qualifiedName(of));
  if (of.kind === 'function' || of.kind === 'procedure') {
    return effects.effects.some(
      (one) => one.of === 'routine' && one.object === routineName(of.name) && one.what === 'drop',
    );
  }
  if (of.kind !== 'trigger' && of.kind !== 'rule') return false;
  const [name = '', relation = ''] = unquoted(of.name).split(' on ');
  return saidOf(effects, relation).some((one) => one.what === 'part' && one.part === of.kind && one.name === name);
};

const isOtherOfScript = (effects: ScriptEffects, {identity}: OtherDependant): boolean =>
  effects.effects.some(({of, what, object}) => of === 'routine' && what === 'drop' && object === routineName(identity));

const nameOfOther = ({type, identity}: OtherDependant): string => `${type} ${identity}`;

type Node = Readonly<{name: string; on: readonly string[] | undefined}>;

const nodesOf = (snapshot: Snapshot): readonly Node[] => [
  ...inOrder(snapshot).map((of) => ({name: qualifiedName(of), on: of.on})),
  ...snapshot.others.map((of) => ({name: nameOfOther(of), on: of.on})),
];

/** Everything that hangs on one of these, directly or through others. */
const hangingOn = (nodes: readonly Node[], isStart: (name: string) => boolean): ReadonlySet<string> => {
  const reached = new Set<string>();
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const {name, on} of nodes) {
      // Format 1 does not say: then it hangs on all of them.
      if (on === undefined || on.some((one) => isStart(one) || reached.has(one))) reached.add(name);
    }
  }
  return reached;
};

/** Tables are declared for what reads them: it falls where the column that it reads is changed. */
const changedColumns = (effects: ScriptEffects, declared: readonly string[]): readonly string[] =>
  declared.flatMap((name) =>
    saidOf(effects, name).flatMap((one) => (one.what === 'column' ? [`${name}(${one.column})`] : [])),
  );

export const isCreated = (effects: ScriptEffects, object: string): boolean =>
  saidOf(effects, object).some(({what}) => what === 'create');

/**
 * A script that nobody can read may drop whatever is declared, and does it itself, since that is what it was declared
 * for: then everything that hangs on it falls.
 */
export const fallsOf = (snapshot: Snapshot, declared: readonly string[], effects: ScriptEffects): Falls => {
  const all = inOrder(snapshot);
  const nodes = nodesOf(snapshot);
  const isUnread = effects.opaque.length > 0;
  const declaredNames = new Set(snapshot.objects.map(qualifiedName));
  const own = all.filter((of) => (isUnread ? declaredNames.has(qualifiedName(of)) : isItsOwn(effects, of)));
  const ownNames = new Set(own.map(qualifiedName));
  const ownOthers = new Set(snapshot.others.filter((of) => isOtherOfScript(effects, of)).map(nameOfOther));
  const columns = new Set(changedColumns(effects, declared));
  const isOfTable = (name: string): boolean =>
    columns.has(name) || (isUnread && declared.some((one) => name === one || name.startsWith(`${one}(`)));
  const reached = hangingOn(nodes, (name) => ownNames.has(name) || ownOthers.has(name) || isOfTable(name));
  const falling = all.filter((of) => reached.has(qualifiedName(of)) && !ownNames.has(qualifiedName(of)));
  const fallingNames = new Set(falling.map(qualifiedName));
  // What hangs on a changed column of a table and on nothing else is the server's own affair: indexes and constraints.
  const lost = hangingOn(
    snapshot.others.map((of) => ({name: nameOfOther(of), on: of.on})),
    (name) => ownNames.has(name) || fallingNames.has(name) || ownOthers.has(name),
  );
  return {
    falling,
    others: snapshot.others.filter((of) => lost.has(nameOfOther(of)) && !ownOthers.has(nameOfOther(of))),
    inTheWay: isUnread ? [] : meetings(nodes, own, falling, effects),
  };
};

/** Where the script speaks of a part of the schema that is no relation, and that the tool would have dropped by then. */
const saidOfPart = (of: Dependant, {effects}: ScriptEffects): Effect | undefined => {
  if (isRelation(of)) return undefined;
  switch (of.kind) {
    case 'function':
    case 'procedure': {
      const name = routineName(of.name);
      return effects.find((one) => one.of === 'routine' && one.object === name);
    }
    case 'column default': {
      const column = unquoted(of.name).replace(/^for /, '');
      return effects.find((one) => one.what === 'default' && `${one.object}.${one.column}` === column);
    }
    case 'policy': {
      const name = unquoted(of.name);
      return effects.find(
        (one) => one.what === 'part' && one.part === 'policy' && `${one.name} on ${one.object}` === name,
      );
    }
    default:
      return undefined;
  }
};

/** Where the script would meet what the tool has dropped before it. */
const meetings = (
  nodes: readonly Node[],
  own: readonly Dependant[],
  falling: readonly Dependant[],
  effects: ScriptEffects,
): readonly Meeting[] => {
  const on = new Map(nodes.map((node) => [node.name, node.on]));
  /** Everything that this one hangs on: one walk down for each, since a change may have thousands of dependants. */
  const below = (name: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const todo = [name];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      for (const one of on.get(at) ?? []) {
        if (seen.has(one)) continue;
        seen.add(one);
        todo.push(one);
      }
    }
    return seen;
  };
  const names = falling.map(qualifiedName).filter((name) => !isCreated(effects, name));
  return [
    ...own.flatMap((of) => {
      if (of.on === undefined || names.length === 0) return [];
      const by = qualifiedName(of);
      const under = below(by);
      const between = names.find((name) => under.has(name));
      return between === undefined ? [] : [{object: between, because: 'read-between' as const, by}];
    }),
    ...falling.flatMap((of) => {
      const object = qualifiedName(of);
      if (isCreated(effects, object)) return [];
      const said = isRelation(of) ? saidOf(effects, object)[0] : saidOfPart(of, effects);
      return said === undefined ? [] : [{object, because: 'said-of' as const, by: `${said.file}:${said.line}`}];
    }),
  ];
};
