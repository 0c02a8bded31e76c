// attempt-runbook doctor: what is here, what is missing, and the one command that mends each red line.

import type {Environment} from '../../core/ids.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import {doctorText} from '../../ui/plain/doctor-text.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import type {CliContext} from '../context.ts';
import {examine} from '../doctor/examine.ts';
import {loadNamed} from '../load.ts';
import {showTrouble} from '../show.ts';

export type DoctorOptions = Readonly<{runbook?: string; env: Environment; url?: string; ssh?: string}>;

export const doctor = async (context: CliContext, options: DoctorOptions): Promise<ExitCode> => {
  const loaded = loadNamed(context, options.runbook);
  if (!loaded.ok) return showTrouble(context, loaded.trouble);
  const {url: source, ssh, env: environment} = options;
  const target = source === undefined ? undefined : {source, ssh, environment};
  const checks = await examine(context, {
    loaded: loaded.value,
    target,
    // 'staging' is what stands there when nothing was said.
    environment: environment === 'production' ? environment : undefined,
    isOnScreen: false,
  });
  if (context.options.json === true) context.out(jsonLine({runbook: loaded.value.runbook.id, checks}));
  else doctorText(checks, context.locale).forEach(context.out);
  return checks.some(({level}) => level === 'red') ? 2 : 0;
};
