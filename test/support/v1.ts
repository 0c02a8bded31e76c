// How does a test get V1 without a run that applies it?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Client} from 'pg';
import {shippedFolder, shippedRunbook} from './run.ts';

/** The script of the shipped change. */
export const v1 = readFileSync(join(shippedFolder, '..', 'sql', shippedRunbook, 'apply/010_attempt_v1.sql'), 'utf8');

/** V1 as the application may read it, without the views that stand on V0: for tests of what reads V1. */
export const placeV1 = async (admin: Client, script = v1): Promise<void> => {
  await admin.query(`DROP VIEW IF EXISTS public.attempt_weekly, public.attempt_topic;
    ${script}\nALTER VIEW public.attempt OWNER TO seedtest_owner; GRANT SELECT ON public.attempt TO app_reader;`);
};
