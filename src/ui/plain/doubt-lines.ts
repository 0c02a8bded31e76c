// What the plain front says when it stops at a step in doubt: what was found out, and what a human can do about it.

import type {Probe, RunState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import {probeFacts} from '../text/found.ts';
import {verdictText} from '../text/terms.ts';

type Words = Readonly<{
  atWork: string;
  unasked: string;
  unknown: string;
  end: (command: string) => string;
  again: (command: string) => string;
  settle: string;
}>;

/** The probe did not come to its question: the server did not answer, which says nothing about the step. */
const UNASKED = /(?:^|[:;] )(?:target-unreachable|session-refused|connection-lost)$/;

const words: Readonly<Record<Locale, Words>> = {
  en: {
    atWork: 'in doubt. Sessions of it are still in the target; what they have not committed is not decided.',
    unasked: 'in doubt. The connection did not last until the database had said whether it took effect.',
    unknown: 'in doubt. The database could not say whether it took effect.',
    end: (command) =>
      `They end by themselves once the server has noticed; continue the run then. To end them now: ${command}`,
    again: (command) => `Once the server answers, continue the run, which asks first: ${command}`,
    settle: 'Look at the database, then settle the step in the terminal front. Do not run it by hand.',
  },
  ko: {
    atWork: '결과 불명. 이 단계의 세션이 대상 DB에 남아 있어, 커밋되지 않은 것은 아직 정해지지 않았습니다.',
    unasked: '결과 불명. 연결이 끊겨 반영되었는지 데이터베이스에서 확인하지 못했습니다.',
    unknown: '결과 불명. 반영되었는지 데이터베이스에서 확인할 수 없었습니다.',
    end: (command) =>
      `서버가 연결이 끊긴 것을 알아차리면 스스로 끝나며, 그 뒤에 이어서 진행합니다. 지금 종료하려면: ${command}`,
    again: (command) => `서버가 응답하면 이어서 진행합니다. 먼저 데이터베이스에 확인합니다: ${command}`,
    settle: '데이터베이스를 살펴본 뒤 터미널 화면에서 이 단계를 확정합니다. 직접 실행하지 마십시오.',
  },
};

export const doubtLines = (
  title: string,
  probe: Probe | undefined,
  {opened}: RunState,
  locale: Locale,
  sameRuns = '',
): readonly string[] => {
  const say = words[locale];
  const isAtWork = probe?.verdict === 'still-running';
  // The name is what the command wants typed; one that a shell would take apart is left to whoever types it.
  const name = /^[\w.-]+$/.test(opened?.target.database ?? '') ? (opened?.target.database ?? '') : '<database>';
  const resume = `attempt-runbook resume ${opened?.run ?? ''}${sameRuns}`;
  const isUnasked = probe?.verdict === 'cannot-tell' && UNASKED.test(probe.detail);
  return [
    `${title}: ${isAtWork ? say.atWork : isUnasked ? say.unasked : say.unknown}`,
    ...(probe === undefined
      ? []
      : [`    ${verdictText(probe.verdict, locale)}`, ...probeFacts(probe, locale).map((fact) => `      ${fact}`)]),
    `    ${isAtWork ? say.end(`${resume} --cancel-orphans ${name}`) : isUnasked ? say.again(resume) : say.settle}`,
  ];
};
