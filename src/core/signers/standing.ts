// Can the approvals that a step demands be given with the list of signers that there is? Asked before anybody signs.

import {neededApprovers, samePerson} from '../approval.ts';
import type {ApprovalStep} from '../definition.ts';

/** A key that counts now, and the names that the list gives it. */
export type ListedKey = Readonly<{principals: readonly string[]; key: string}>;

/** A line of the list whose key nobody can approve with. */
export type UncountedLine = Readonly<{
  line: number;
  because:
    | 'expired'
    | 'not-yet'
    | 'other-namespace'
    /** It names an authority, and no person's key. */
    | 'authority'
    /** A pattern in place of a name: whoever approves is named, and is no pattern. */
    | 'pattern'
    | 'malformed';
}>;

/** `place`: a path of this machine, or below the runbook's folder where the list is the plan's. */
type At = Readonly<{list: 'plan' | 'operator'; place: string}>;

export type ReadSigners =
  | Readonly<{list: 'none'}>
  | (At & Readonly<{ok: false; message: string}>)
  | (At & Readonly<{ok: true; keys: readonly ListedKey[]; uncounted: readonly UncountedLine[]}>);

export type SignersStanding =
  | Readonly<{code: 'none'}>
  | (At & Readonly<{code: 'unreadable'; message: string}>)
  /** Nobody other than the operators has a key on it that counts. */
  | (At & Readonly<{code: 'nobody'; uncounted: readonly UncountedLine[]; operatorsOnly: boolean}>)
  | (At & Readonly<{code: 'too-few' | 'enough'; persons: readonly string[]; needed: number}>);

const isSame = (a: ListedKey, b: ListedKey): boolean =>
  a.key === b.key || a.principals.some((one) => b.principals.some((other) => samePerson(one, other)));

/** Keys that the rules of an approval take for one person's: the same key, or a name in common. */
const personsOf = (keys: readonly ListedKey[]): readonly (readonly ListedKey[])[] =>
  keys.reduce<readonly (readonly ListedKey[])[]>((groups, key) => {
    const [same, others] = [true, false].map((is) =>
      groups.filter((group) => group.some((of) => isSame(of, key)) === is),
    );
    return [...(others ?? []), [...(same ?? []).flat(), key]];
  }, []);

/** @param operators names of everybody who has the run in hand; nobody approves his own run unless the step says so. */
export const signersStanding = (
  step: ApprovalStep,
  read: ReadSigners,
  operators: readonly string[],
): SignersStanding => {
  if (read.list === 'none') return {code: 'none'};
  const {list, place} = read;
  if (!read.ok) return {code: 'unreadable', list, place, message: read.message};
  const isOperators = (persons: readonly ListedKey[]): boolean =>
    persons.some(({principals}) => principals.some((name) => operators.some((of) => samePerson(name, of))));
  const all = personsOf(read.keys);
  const others = step.self === 'allowed' ? all : all.filter((of) => !isOperators(of));
  const persons = others.map((of) => of[0]?.principals[0] ?? '');
  const needed = neededApprovers(step);
  if (persons.length === 0)
    return {code: 'nobody', list, place, uncounted: read.uncounted, operatorsOnly: all.length > 0};
  return {code: persons.length < needed ? 'too-few' : 'enough', list, place, persons, needed};
};

/** The demanded approvals cannot all be given with it. */
export const isInTheWay = ({signature}: ApprovalStep, {code}: SignersStanding): boolean =>
  signature === 'required' && code !== 'enough';
