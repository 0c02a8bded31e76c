// Can the target be reached now, who is it, and how big: asked once, read-only, through the same way as a run.

import {databaseOf} from '../../adapters/postgres/database.ts';
import {identifyTarget} from '../../adapters/postgres/identity.ts';
import {isPooledTarget} from '../../adapters/postgres/pooled.ts';
import {addressOf} from '../../adapters/postgres/source.ts';
import type {DoctorCheck} from '../../core/doctor.ts';
import type {Environment} from '../../core/ids.ts';
import {failureText} from '../../ui/text/failure.ts';
import {tlsAdvice} from '../../ui/text/target.ts';
import {troubleText} from '../../ui/text/trouble.ts';
import {viaText} from '../../ui/text/tunnel.ts';
import type {CliContext} from '../context.ts';
import type {LoadedFolder} from '../load.ts';
import {reachTarget} from '../reach-target.ts';
import {readEffects} from '../read-effects.ts';
import {rightsChecks} from './rights-check.ts';

export type DoctorTarget = Readonly<{source: string; ssh?: string | undefined; environment: Environment}>;

export type AskedTarget = Readonly<{checks: readonly DoctorCheck[]; serverMajor?: number; databaseBytes?: number}>;

const inBoth = (words: (locale: 'en' | 'ko') => string): Readonly<Record<'en' | 'ko', string>> => ({
  en: words('en'),
  ko: words('ko'),
});

const red = (text: Readonly<Record<'en' | 'ko', string>>): AskedTarget => ({
  checks: [{subject: 'target', level: 'red', note: {code: 'said', text}}],
});

export const askTarget = async (
  context: CliContext,
  {runbook, files}: Pick<LoadedFolder, 'runbook' | 'files'>,
  {source, ssh, environment}: DoctorTarget,
): Promise<AskedTarget> => {
  const reached = await reachTarget(context, {source, ssh, environment, runbook});
  if (!reached.ok) {
    const of = reached.trouble;
    return red(inBoth((locale) => (of.code === 'runbook-invalid' ? of.code : troubleText(of, locale).join(' '))));
  }
  const {settings, close} = reached.value;
  try {
    const identified = await identifyTarget(settings);
    const pooled = identified.ok ? await isPooledTarget(settings) : identified;
    if (pooled.ok && pooled.value === true)
      return red(
        inBoth((locale) => troubleText({code: 'pooler-detected', address: addressOf(settings)}, locale).join(' ')),
      );
    if (!identified.ok)
      return red(
        inBoth(
          (locale) =>
            `${failureText(identified.failure, locale, 'none').what} ${failureText(identified.failure, locale, 'none').now}`,
        ),
      );
    const target = identified.value;
    const options = {readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 1000};
    const session = await databaseOf(settings, 'attempt-runbook/doctor').connect(options);
    const size = session.ok
      ? await session.value.query('SELECT pg_database_size(current_database())::text AS bytes')
      : session;
    const sql = (file: string): string => new TextDecoder().decode(files.get(`sql/${file}`));
    const rights = session.ok
      ? await rightsChecks(session.value, target.database, {runbook, environment, sql, scriptEffects: readEffects(sql)})
      : [];
    if (session.ok) await session.value.close();
    const via = target.via === undefined ? '' : ` via ${viaText(target.via)}`;
    const advice =
      tlsAdvice(target, 'en') === undefined ? undefined : inBoth((locale) => tlsAdvice(target, locale) ?? '');
    return {
      checks: [
        {
          subject: 'target',
          level: advice === undefined ? 'green' : 'amber',
          value: `${target.user} @ ${target.database}, PostgreSQL ${target.serverVersion}, ${target.address}, sslmode ${target.sslmode}${via}`,
          ...(advice === undefined ? {} : {note: {code: 'said', text: advice} as const}),
        },
        ...rights,
      ],
      serverMajor: Math.floor(target.serverVersionNum / 10_000),
      ...(size.ok ? {databaseBytes: Number(size.value.rows[0]?.['bytes'] ?? '0')} : {}),
    };
  } finally {
    await close();
  }
};
