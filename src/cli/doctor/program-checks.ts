// Which programs are here, how old are they, and do they fit?

import {askProgram, clientOf, installCommand, isExecutable, pathOf, versionIn} from '../../adapters/doctor/programs.ts';
import {findServerToolchain} from '../../adapters/embedded/toolchain.ts';
import {findClientTool, installHint, type ClientTool} from '../../adapters/pg-tools.ts';
import type {DoctorCheck, DoctorSubject} from '../../core/doctor.ts';
import type {CliContext} from '../context.ts';

type Env = CliContext['env'];

const fixBy = (fix: string | undefined): Readonly<{fix?: string}> => (fix === undefined ? {} : {fix});

export const clientCheck = async (
  tool: ClientTool,
  env: Env,
  {serverMajor, isNeeded}: Readonly<{serverMajor: number | undefined; isNeeded: boolean}>,
): Promise<DoctorCheck> => {
  const found = await findClientTool(tool, env, serverMajor);
  if (found === undefined) {
    return isNeeded
      ? {subject: tool, level: 'red', note: {code: 'missing'}, fix: installHint()}
      : {subject: tool, level: 'dim', note: {code: 'missing'}};
  }
  const value = `${found.version}  ${found.path}`;
  if (serverMajor === undefined) {
    return {
      subject: tool,
      level: isNeeded ? 'green' : 'dim',
      value,
      note: {code: isNeeded ? 'not-compared' : 'not-needed'},
    };
  }
  // An older psql or pg_restore works on a newer server; an older pg_dump refuses it.
  if (found.major < serverMajor && tool !== 'psql') {
    const level = isNeeded ? 'red' : 'dim';
    return {
      subject: tool,
      level,
      value,
      note: {code: 'older-than-server', server: serverMajor},
      fix: clientOf(serverMajor),
    };
  }
  return isNeeded
    ? {subject: tool, level: 'green', value}
    : {subject: tool, level: 'dim', value, note: {code: 'not-needed'}};
};

/** The rehearsal's server; pg_dump refuses a server newer than itself. */
export const serverCheck = async (env: Env, isNeeded: boolean): Promise<DoctorCheck> => {
  const client = await findClientTool('pg_dump', env);
  const found = await findServerToolchain(client === undefined ? {} : {maxMajor: client.major});
  if (found !== undefined)
    return {subject: 'server', level: 'green', value: `${found.version} (${found.kind})  ${found.bin}`};
  return isNeeded
    ? {subject: 'server', level: 'red', note: {code: 'missing'}, ...fixBy(installCommand('postgresql'))}
    : {subject: 'server', level: 'dim', note: {code: 'missing'}};
};

/** Asked for its version, and whether its operator is logged in, only where the runbook calls it. */
const LOGIN: Partial<Record<DoctorSubject, Readonly<{args: readonly string[]; fix: string}>>> = {
  gh: {args: ['auth', 'status'], fix: 'gh auth login'},
};
const VERSION_ARGS: Partial<Record<DoctorSubject, readonly string[]>> = {
  ssh: ['-V'],
  gcloud: ['version'],
  kubectl: ['version', '--client'],
};

export const programCheck = async (subject: DoctorSubject, env: Env, isNeeded: boolean): Promise<DoctorCheck> => {
  const path = await pathOf(subject, env);
  if (path === undefined) {
    return isNeeded
      ? {subject, level: 'red', note: {code: 'missing'}, ...fixBy(installCommand(subject))}
      : {subject, level: 'dim', note: {code: 'missing'}};
  }
  if (!isNeeded) return {subject, level: 'dim', value: path, note: {code: 'not-needed'}};
  // ssh-keygen has no such option; that it is there is all that can be asked of it.
  if (subject === 'ssh-keygen') return {subject, level: 'green', value: path};
  const asked = await askProgram(path, VERSION_ARGS[subject] ?? ['--version'], env);
  const version = versionIn(asked.output);
  const value = version === undefined ? path : `${version}  ${path}`;
  if (asked.isLate) return {subject, level: 'amber', value, note: {code: 'no-answer'}};
  if (asked.exitCode !== 0) {
    const text = asked.output.trim().split('\n')[0] ?? '';
    return {
      subject,
      level: 'red',
      value,
      note: {code: 'said', text: {en: text, ko: text}},
      ...fixBy(installCommand(subject)),
    };
  }
  const login = LOGIN[subject];
  if (login === undefined) return {subject, level: 'green', value};
  const status = await askProgram(path, login.args, env);
  if (status.isLate) return {subject, level: 'amber', value, note: {code: 'no-answer'}};
  return status.exitCode === 0
    ? {subject, level: 'green', value}
    : {subject, level: 'amber', value, note: {code: 'not-logged-in'}, fix: login.fix};
};

/** A program that only the runbook knows; one below the project's folder is looked at when its step starts. */
export const otherCheck = async (program: string, env: Env): Promise<DoctorCheck> => {
  const isPath = program.includes('/');
  if (isPath && !program.startsWith('/'))
    return {subject: 'program', level: 'dim', value: program, note: {code: 'not-asked'}};
  const path = isPath ? ((await isExecutable(program)) ? program : undefined) : await pathOf(program, env);
  return path === undefined
    ? {
        subject: 'program',
        level: 'red',
        value: program,
        note: {code: 'missing'},
        ...(isPath ? {} : fixBy(installCommand(program))),
      }
    : {subject: 'program', level: 'green', value: path};
};

export const agentCheck = async (env: Env, isNeeded: boolean): Promise<DoctorCheck> => {
  const subject = 'ssh-agent';
  const level = isNeeded ? 'amber' : 'dim';
  const path = await pathOf('ssh-add', env);
  if (env['SSH_AUTH_SOCK'] === undefined || path === undefined) {
    return {subject, level, note: {code: 'agent-none'}, ...(isNeeded ? {fix: 'eval "$(ssh-agent)" && ssh-add'} : {})};
  }
  const asked = await askProgram(path, ['-l'], env);
  if (asked.isLate) return {subject, level, note: {code: 'no-answer'}};
  if (asked.exitCode === 0) {
    return {
      subject,
      level: isNeeded ? 'green' : 'dim',
      note: {code: 'keys', count: asked.output.trim().split('\n').length},
    };
  }
  const note = {code: asked.exitCode === 1 ? 'agent-empty' : 'agent-none'} as const;
  return {subject, level, note, ...(isNeeded ? {fix: 'ssh-add'} : {})};
};
