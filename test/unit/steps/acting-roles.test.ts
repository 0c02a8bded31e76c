// As whom does what stands in a file happen, when an earlier file has taken on a role?

import {describe, expect, test} from 'vitest';
import {actingRoles} from '../../../src/steps/rights/acting-roles.ts';

describe('the roles as whom files of a script act', () => {
  test.each<[string, readonly string[], readonly (readonly (string | undefined)[])[]]>([
    ['none is taken on', ['CREATE INDEX', 'SELECT 1'], [[undefined], [undefined]]],
    ['one is taken on', ['SET ROLE owner', 'SELECT 1'], [[undefined, 'owner'], ['owner']]],
    ['quoted', ['set session role "Own ""er"', 'x'], [[undefined, 'Own "er'], ['Own "er']]],
    ['with TO and a string', ["SET LOCAL role TO 'a'; SET ROLE = b", 'x'], [[undefined, 'a', 'b'], ['b']]],
    ['and let go', ['SET ROLE a', 'x; RESET ROLE', 'y'], [[undefined, 'a'], ['a', undefined], [undefined]]],
    ['to none', ['SET ROLE a', 'SET ROLE NONE', 'y'], [[undefined, 'a'], ['a', undefined], [undefined]]],
    ['by authorization', ['SET SESSION AUTHORIZATION a', 'y'], [[undefined, 'a'], ['a']]],
    ['in a comment only', ["-- SET ROLE a\nSELECT 'SET ROLE b'", 'y'], [[undefined], [undefined]]],
  ])('%s', (_what, scripts, roles) => expect(actingRoles(scripts)).toEqual(roles));
});
