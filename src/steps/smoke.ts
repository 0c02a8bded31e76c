// Smoke checks: each has its own verdict, and one that had no data to look at is amber, not green.

import {failed, success} from '../core/failure.ts';
import type {Kind} from './kind.ts';
import {readsOnly, withReader} from './sessions.ts';
import {composed, sentBy} from './shared-read.ts';
import {findRows} from './smoke/finds.ts';
import {smokeJunit} from './smoke-junit.ts';
import {runChecks} from './smoke-run.ts';

export const smoke: Kind<'smoke'> = {
  kind: 'smoke',
  outline: (step, sql) =>
    sentBy(step).map((sent) => {
      if (sent.how === 'alone') return {title: sent.check.sql, language: 'sql', text: sql(sent.check.sql)};
      const {read, checks} = sent;
      const text = composed(read, checks, sql) ?? checks.map((check) => sql(check.sql)).join('\n');
      return {title: `${read.id}: ${checks.map((check) => check.sql).join(', ')}`, language: 'sql', text};
    }),
  perform: (step, context) =>
    withReader(context, step, async (session) => {
      const ran = await runChecks(sentBy(step), session, context);
      if (!ran.ok) return ran;
      const {reads} = ran.value;
      // In the order of the file, whichever statement answered them.
      const order = step.checks.map(({id}) => id);
      const checks = ran.value.checks.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
      const path = `artifacts/${context.step}.${context.attempt}.junit.xml`;
      const written = await context.files.write(path, smokeJunit(step.id, {checks, reads}), 'application/xml');
      if (!written.ok) return written;
      context.scribe.sealed(written.value);
      const failing = checks.filter(({verdict}) => verdict === 'fail').map(({id}) => id);
      if (failing.length > 0) {
        const found = await findRows(step, context);
        const more = found.length === 0 ? {} : {found};
        return failed({code: 'checks-failed', failed: failing, total: checks.length, checks, ...more});
      }
      return success({kind: 'smoke', ...(reads.length === 0 ? {} : {reads}), checks});
    }),
  reconcile: readsOnly,
};
