// How an event of the journal is told on one line of the plain front.

import type {EndedSession} from '../../core/doubt.ts';
import type {Recorded} from '../../core/event.ts';
import {verdictOf} from '../../core/facts.ts';
import {rollbackStepId, type Identity, type StepId} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import {scannedText} from './attachment.ts';
import {decidedText, lapseText} from './approval.ts';
import {copyText} from './copy.ts';
import {probedAgainText, probeInParentheses} from './found.ts';
import {factsSummary} from './facts.ts';
import {failureText} from './failure.ts';
import {lostTranscriptText} from './lost-transcript.ts';
import {maskedInEvent, maskedText} from './masked.ts';
import {formatBytes, formatCount, formatInstant, formatTime, shortHash} from './numbers.ts';
import {identityText} from './target.ts';
import {sleepText} from './sleep.ts';
import {environmentText, outcomeText, verdictText} from './terms.ts';

type TitleOf = (step: StepId) => string;
type Type = Recorded['type'];
type Say<T extends Type> = (event: Extract<Recorded, {type: T}>, titleOf: TitleOf, timeZone: string) => string;
type Lexicon = Readonly<{[T in Type]: Say<T>}>;

const who = ({name, host}: Identity): string => `${name}@${host}`;
const attempt = (of: number, word: string): string => (of > 1 ? `, ${word} ${of}` : '');

const ends: Readonly<Record<Locale, Readonly<{[H in EndedSession['how']]: string}>>> = {
  en: {cancelled: 'cancelled', terminated: 'ended by force', stayed: 'still there'},
  ko: {cancelled: '취소됨', terminated: '강제 종료됨', stayed: '아직 남아 있음'},
};

/** `pid 4711 cancelled, pid 4712 ended by force` */
const endedText = (sessions: readonly EndedSession[], locale: Locale): string =>
  sessions.length === 0
    ? {en: 'no session of this attempt was left', ko: '이 시도의 세션은 남아 있지 않았음'}[locale]
    : sessions.map(({pid, how}) => `pid ${pid} ${ends[locale][how]}`).join(', ');

const en: Lexicon = {
  RunOpened: ({run, runbook, plan, environment, operator, target, trust, at, copyOf}, _, timeZone) =>
    `run ${run} of ${runbook} opened at ${formatInstant(at, timeZone)}: ${environmentText(environment, 'en')}, ${target.database} @ ${target.address} (PostgreSQL ${target.serverVersion}, ${identityText(target, trust, 'en')}), plan ${shortHash(plan)}, operator ${who(operator)}${copyOf === undefined ? '' : `, on ${copyText('en').of(copyOf)}`}`,
  RunResumed: ({operator, target, droppedBytes, historyChanged, at}, _, timeZone) =>
    `run continued at ${formatInstant(at, timeZone)} by ${who(operator)} on ${target.database} @ ${target.address}${droppedBytes > 0 ? `; ${formatCount(droppedBytes)} bytes of a torn last record were set aside` : ''}${historyChanged === true ? `; the server was restored or failed over since the run was opened (timeline ${target.timeline}): what was committed then may be gone` : ''}`,
  StepStarted: (event, titleOf) =>
    `${titleOf(event.step)}: started by ${who(event.by)}${attempt(event.attempt, 'attempt')}`,
  TransactionOpened: ({step, xid, backendPid}, titleOf) =>
    `${titleOf(step)}: transaction ${xid} opened, server process ${backendPid}`,
  ItemChecked: ({step, item, by, note}, titleOf) =>
    `${titleOf(step)}: ${item} checked by ${who(by)}${note === undefined ? '' : `: ${note}`}`,
  ArtifactSealed: ({step, artifact}, titleOf) =>
    `${titleOf(step)}: kept ${artifact.path}, ${formatBytes(artifact.bytes)}, sha256 ${shortHash(artifact.sha256)}${maskedText(artifact, 'en')}`,
  EvidenceAttached: ({step, artifact, fileName, scanned, note, by}, titleOf) =>
    `${step === undefined ? '' : `${titleOf(step)}: `}${fileName} attached by ${who(by)}: ${note} (${artifact.path}, ${formatBytes(artifact.bytes)}, sha256 ${shortHash(artifact.sha256)}, ${scannedText(scanned, 'en')}${maskedText(artifact, 'en')})`,
  TranscriptLost: ({step, failure}, titleOf) => `${titleOf(step)}: ${lostTranscriptText(failure, 'en')}`,
  SleepNoticed: ({sleptMs, lockLostTo}) => sleepText(sleptMs, lockLostTo, 'en'),
  StepSucceeded: ({step, facts}, titleOf) => `${titleOf(step)}: ${factsSummary(facts, 'en')}`,
  StepFailed: ({step, failure}, titleOf) => `${titleOf(step)}: ${failureText(failure, 'en').what}`,
  StepInterrupted: ({step, because}, titleOf) =>
    `${titleOf(step)}: interrupted, in doubt; the database is asked${because === undefined ? '' : `. ${failureText(because, 'en').what}`}`,
  StepReconciled: ({step, verdict, by, detail, found}, titleOf) =>
    `${titleOf(step)}: ${by === 'probe' ? 'the database says' : `${who(by)} says`}: ${verdictText(verdict, 'en')}${probeInParentheses({detail, ...(found === undefined ? {} : {found})}, 'en')}`,
  StepProbedAgain: ({step, holds, detail, found}, titleOf) =>
    `${titleOf(step)}: ${probedAgainText(holds, 'en')}${probeInParentheses({detail, ...(found === undefined ? {} : {found})}, 'en')}`,
  OrphanCancellationBegun: ({step, by}, titleOf) =>
    `${titleOf(step)}: ${who(by)} ends the sessions that this attempt has left`,
  OrphansEnded: ({step, sessions, failure}, titleOf) =>
    `${titleOf(step)}: ${failure === undefined ? endedText(sessions, 'en') : failureText(failure, 'en').what}`,
  ShellOpened: ({number, readOnly, by}) =>
    `psql ${number} opened on the target by ${who(by)}, ${readOnly ? 'read-only as it begins' : 'able to write'}; it is recorded`,
  ShellEnded: ({number, failure}) =>
    failure === undefined
      ? `psql ${number} has ended`
      : `psql ${number} did not run: ${failureText(failure, 'en').what}`,
  StepConfirmed: ({step, note, by}, titleOf) => `${titleOf(step)}: confirmed by hand by ${who(by)}: ${note}`,
  StepWaived: ({step, reason, by}, titleOf) => `${titleOf(step)}: waived by ${who(by)}: ${reason}`,
  ApprovalGranted: (event, titleOf, timeZone) => `${titleOf(event.step)}: ${decidedText(event, 'en', timeZone)}`,
  ApprovalRefused: (event, titleOf, timeZone) => `${titleOf(event.step)}: ${decidedText(event, 'en', timeZone)}`,
  ApprovalLapsed: ({step, lapse}, titleOf) =>
    `${titleOf(step)}: the approval ${lapseText(lapse, 'en')}; it has to be given again`,
  StepsReopened: ({steps, by}, titleOf) =>
    `the snapshot is taken again, ${who(by)}: ${formatCount(steps.length)} steps are done again from ${titleOf(steps[0] ?? '')} on`,
  RollbackBegun: ({option, reason, by}, titleOf) =>
    `${titleOf(rollbackStepId(option))}: begun by ${who(by)}: ${reason}`,
  HandedOver: ({what, from, to, by}) =>
    what === 'run'
      ? `run taken over by ${who(by)} from ${from.operator}, pid ${from.pid}, which had it since ${from.since}`
      : `target taken over by ${who(by)} for ${to} from ${from.run} (${from.operator}, session ${from.pid}${from.since === '' ? '' : `, since ${from.since}`}), which was idle`,
  RunClosed: ({outcome, by, reason}) =>
    `run closed by ${who(by)}: ${outcomeText(outcome, 'en')}${reason === undefined ? '' : `: ${reason}`}`,
};

const ko: Lexicon = {
  RunOpened: ({run, runbook, plan, environment, operator, target, trust, at, copyOf}, _, timeZone) =>
    `실행 시작: ${run} (${runbook}), ${formatInstant(at, timeZone)}, ${environmentText(environment, 'ko')}, 대상 DB ${target.database} @ ${target.address} (PostgreSQL ${target.serverVersion}, ${identityText(target, trust, 'ko')}), 실행 계획 ${shortHash(plan)}, 작업자 ${who(operator)}${copyOf === undefined ? '' : `, ${copyText('ko').of(copyOf)}`}`,
  RunResumed: ({operator, target, droppedBytes, historyChanged, at}, _, timeZone) =>
    `실행 재개: ${formatInstant(at, timeZone)}, 작업자 ${who(operator)}, 대상 DB ${target.database} @ ${target.address}${droppedBytes > 0 ? `, 쓰다 만 마지막 기록 ${formatCount(droppedBytes)}바이트를 따로 보관함` : ''}${historyChanged === true ? `, 실행을 시작한 뒤 서버가 복원되었거나 장애 조치됨(타임라인 ${target.timeline}): 그때 커밋된 내용이 없을 수 있음` : ''}`,
  StepStarted: (event, titleOf) =>
    `${titleOf(event.step)}: 시작, 작업자 ${who(event.by)}${attempt(event.attempt, '시도')}`,
  TransactionOpened: ({step, xid, backendPid}, titleOf) =>
    `${titleOf(step)}: 트랜잭션 ${xid} 열림, 서버 프로세스 ${backendPid}`,
  ItemChecked: ({step, item, by, note}, titleOf) =>
    `${titleOf(step)}: ${item} 확인, 작업자 ${who(by)}${note === undefined ? '' : `: ${note}`}`,
  ArtifactSealed: ({step, artifact}, titleOf) =>
    `${titleOf(step)}: 보관 ${artifact.path}, ${formatBytes(artifact.bytes)}, sha256 ${shortHash(artifact.sha256)}${maskedText(artifact, 'ko')}`,
  EvidenceAttached: ({step, artifact, fileName, scanned, note, by}, titleOf) =>
    `${step === undefined ? '' : `${titleOf(step)}: `}${fileName} 첨부, 작업자 ${who(by)}: ${note} (${artifact.path}, ${formatBytes(artifact.bytes)}, sha256 ${shortHash(artifact.sha256)}, ${scannedText(scanned, 'ko')}${maskedText(artifact, 'ko')})`,
  TranscriptLost: ({step, failure}, titleOf) => `${titleOf(step)}: ${lostTranscriptText(failure, 'ko')}`,
  SleepNoticed: ({sleptMs, lockLostTo}) => sleepText(sleptMs, lockLostTo, 'ko'),
  StepSucceeded: ({step, facts}, titleOf) => `${titleOf(step)}: ${factsSummary(facts, 'ko')}`,
  StepFailed: ({step, failure}, titleOf) => `${titleOf(step)}: ${failureText(failure, 'ko').what}`,
  StepInterrupted: ({step, because}, titleOf) =>
    `${titleOf(step)}: 중단됨, 결과 불명. 데이터베이스에 확인합니다${because === undefined ? '' : `. ${failureText(because, 'ko').what}`}`,
  StepReconciled: ({step, verdict, by, detail, found}, titleOf) =>
    `${titleOf(step)}: ${by === 'probe' ? '데이터베이스 확인 결과' : `작업자 ${who(by)} 확정`}: ${verdictText(verdict, 'ko')}${probeInParentheses({detail, ...(found === undefined ? {} : {found})}, 'ko')}`,
  StepProbedAgain: ({step, holds, detail, found}, titleOf) =>
    `${titleOf(step)}: ${probedAgainText(holds, 'ko')}${probeInParentheses({detail, ...(found === undefined ? {} : {found})}, 'ko')}`,
  OrphanCancellationBegun: ({step, by}, titleOf) => `${titleOf(step)}: 이 시도가 남긴 세션을 종료함, 작업자 ${who(by)}`,
  OrphansEnded: ({step, sessions, failure}, titleOf) =>
    `${titleOf(step)}: ${failure === undefined ? endedText(sessions, 'ko') : failureText(failure, 'ko').what}`,
  ApprovalGranted: (event, titleOf, timeZone) => `${titleOf(event.step)}: ${decidedText(event, 'ko', timeZone)}`,
  ApprovalRefused: (event, titleOf, timeZone) => `${titleOf(event.step)}: ${decidedText(event, 'ko', timeZone)}`,
  ApprovalLapsed: ({step, lapse}, titleOf) =>
    `${titleOf(step)}: 승인 효력 없음, ${lapseText(lapse, 'ko')}. 다시 승인해야 함`,
  ShellOpened: ({number, readOnly, by}) =>
    `대상 DB에 psql ${number} 열림, 작업자 ${who(by)}, ${readOnly ? '읽기 전용으로 시작' : '쓰기 가능'}, 기록 중`,
  ShellEnded: ({number, failure}) =>
    failure === undefined ? `psql ${number} 종료` : `psql ${number} 실행 안 됨: ${failureText(failure, 'ko').what}`,
  StepConfirmed: ({step, note, by}, titleOf) => `${titleOf(step)}: 직접 확인, 작업자 ${who(by)}, 내용: ${note}`,
  StepWaived: ({step, reason, by}, titleOf) => `${titleOf(step)}: 생략, 작업자 ${who(by)}, 사유: ${reason}`,
  StepsReopened: ({steps, by}, titleOf) =>
    `스냅샷을 다시 만듦, 작업자 ${who(by)}: ${titleOf(steps[0] ?? '')} 단계부터 ${formatCount(steps.length)}개 단계를 다시 진행`,
  RollbackBegun: ({option, reason, by}, titleOf) =>
    `${titleOf(rollbackStepId(option))}: 시작, 작업자 ${who(by)}, 사유: ${reason}`,
  HandedOver: ({what, from, to, by}) =>
    what === 'run'
      ? `실행 인계: 작업자 ${who(by)}, 이전 작업자 ${from.operator}, pid ${from.pid}, 점유 시작 ${from.since}`
      : `대상 DB 인계: 작업자 ${who(by)}, ${from.run} -> ${to}, 이전 작업자 ${from.operator}, 세션 ${from.pid}${from.since === '' ? '' : `, 점유 시작 ${from.since}`}, 유휴 상태였음`,
  RunClosed: ({outcome, by, reason}) =>
    `실행 종료: ${outcomeText(outcome, 'ko')}, 작업자 ${who(by)}${reason === undefined ? '' : `, 사유: ${reason}`}`,
};

const lexicons: Readonly<Record<Locale, Lexicon>> = {en, ko};

const sign = (event: Recorded): string => {
  switch (event.type) {
    case 'StepStarted':
    case 'RollbackBegun':
    case 'RunOpened':
    case 'RunResumed':
    case 'HandedOver':
      return '▸';
    case 'ItemChecked':
      return '✓';
    case 'ApprovalGranted':
      return event.proof.how === 'signed' && event.proof.list === 'plan' ? '✓' : '!';
    case 'ApprovalRefused':
      return '✗';
    case 'StepSucceeded':
      return verdictOf(event.facts) === 'amber' ? '!' : '✓';
    case 'TranscriptLost':
    case 'SleepNoticed':
    case 'ApprovalLapsed':
    case 'StepsReopened':
      return '!';
    case 'StepFailed':
      return event.failure.code === 'lock-timeout' ? '!' : '✗';
    case 'StepInterrupted':
    case 'OrphanCancellationBegun':
    case 'OrphansEnded':
      return '?';
    case 'StepReconciled':
      return event.verdict === 'took-effect' ? '✓' : event.verdict === 'had-no-effect' ? '◦' : '?';
    case 'StepProbedAgain':
      return event.holds === true ? '✓' : event.holds === false ? '✗' : '?';
    case 'StepConfirmed':
    case 'ShellOpened':
    case 'ShellEnded':
      return '!';
    case 'StepWaived':
      return '-';
    case 'RunClosed':
      return event.outcome === 'completed' || event.outcome === 'rolled-back' ? '✓' : '-';
    case 'EvidenceAttached':
      return event.scanned ? ' ' : '!';
    case 'TransactionOpened':
    case 'ArtifactSealed':
      return ' ';
  }
};

/**
 * `02:31:07 ✓ 3.1 Apply the V1 view: 41 ms, lock held 6 ms, 1 try`. Times of day are in `timeZone`, which the line of the
 * opening event names.
 */
export const eventText = (recorded: Recorded, titleOf: TitleOf, locale: Locale, timeZone = 'UTC'): string => {
  // TypeScript cannot see that the entry under `recorded.type` takes exactly this event.
  const say = lexicons[locale][recorded.type] as (event: Recorded, titleOf: TitleOf, timeZone: string) => string;
  return `${formatTime(recorded.at, timeZone)} ${sign(recorded)} ${say(recorded, titleOf, timeZone)}${maskedInEvent(recorded, locale)}`;
};
