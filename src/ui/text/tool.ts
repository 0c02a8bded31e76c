// The words for what other programs were asked and what came of it, in both languages.

import type {CheckVerdict} from '../../core/facts.ts';
import {findingVerdict, type ToolFinding, type ToolFindingCode} from '../../core/tool-finding.ts';
import type {Locale} from '../../core/text.ts';
import {toolKinds, type ToolFacts, type ToolFactsByKind, type ToolKind} from '../../core/tools.ts';
import type {FactsWords} from './facts.ts';
import {formatCount, formatDuration} from './numbers.ts';
import {toolFindingEn} from './tool-finding-en.ts';
import {toolFindingKo} from './tool-finding-ko.ts';
import {verdictCounts, verdictSign} from './verdict-sign.ts';

export type ToolFindingLexicon = Readonly<{
  [C in ToolFindingCode]: (finding: Extract<ToolFinding, {code: C}>) => string;
}>;

const lexicons: Readonly<Record<Locale, ToolFindingLexicon>> = {en: toolFindingEn, ko: toolFindingKo};

/** The finding in words, without its sign. */
const findingText = (finding: ToolFinding, locale: Locale): string => {
  // TypeScript cannot see that the entry under `finding.code` takes exactly this finding.
  const say = lexicons[locale][finding.code] as (finding: ToolFinding) => string;
  return say(finding);
};

const order: readonly CheckVerdict[] = ['fail', 'amber', 'pass'];

/** One line a finding with its sign, the worst first. */
export const toolFindingLines = (findings: readonly ToolFinding[], locale: Locale): readonly string[] =>
  order.flatMap((verdict) =>
    findings
      .filter((finding) => findingVerdict(finding) === verdict)
      .map((finding) => `${verdictSign[verdict]} ${findingText(finding, locale)}`),
  );

export const notAsTheyMustBe = (findings: readonly ToolFinding[]): number =>
  findings.filter((finding) => findingVerdict(finding) === 'fail').length;

const words = ({findings, durationMs}: ToolFacts<ToolKind>, locale: Locale): FactsWords => {
  const verdicts = findings.map((finding) => ({verdict: findingVerdict(finding)}));
  const took = formatDuration(durationMs, locale);
  const counts = verdictCounts(verdicts);
  return {
    summary:
      locale === 'en'
        ? `${formatCount(findings.length)} ${findings.length === 1 ? 'finding' : 'findings'}: ${counts}, in ${took}`
        : `확인 결과 ${formatCount(findings.length)}건: ${counts}, ${took}`,
    lines: toolFindingLines(findings, locale),
  };
};

type ToolFactsLexicon = Readonly<{[K in ToolKind]: (facts: ToolFactsByKind[K]) => FactsWords}>;

export const toolFactsWords = (locale: Locale): ToolFactsLexicon =>
  Object.fromEntries(
    toolKinds.map((kind) => [kind, (facts: ToolFacts<ToolKind>) => words(facts, locale)]),
  ) as unknown as ToolFactsLexicon;

/** What the house calls a kind. */
export const toolTerms: Readonly<Record<Locale, {readonly [K in ToolKind]: string}>> = {
  en: {
    pytest: 'pytest',
    'pull-request': 'pull request',
    'managed-backup': 'managed backup',
    psql: 'psql',
    'downstream-jobs': 'downstream jobs',
    'kubernetes-job': 'Kubernetes Job',
  },
  ko: {
    pytest: 'pytest',
    'pull-request': 'PR 확인',
    'managed-backup': '관리형 백업',
    psql: 'psql',
    'downstream-jobs': '다운스트림 작업',
    'kubernetes-job': 'Kubernetes Job',
  },
};

/** What a step of the kind does, for whoever is about to start it. */
export const toolSentences: Readonly<Record<Locale, {readonly [K in ToolKind]: string}>> = {
  en: {
    pytest:
      'Runs a pytest suite and judges its report; its sessions begin read-only unless the runbook says otherwise.',
    'pull-request':
      'Does not touch the database: asks GitHub about the pull request. Where GitHub cannot be asked, you look yourself and note what you saw.',
    'managed-backup':
      'Does not connect to the database: has its provider make a backup, and waits for it. It is not restored here, and is no way back of this run.',
    psql: 'Runs a script by psql, from a file; its session begins read-only unless the runbook says otherwise.',
    'downstream-jobs':
      'Runs the jobs of those who read the objects, in dry-run form; their sessions begin read-only unless the runbook says otherwise.',
    'kubernetes-job':
      'Runs a Job in the cluster, once, with the secrets of its namespace: what it connects to and whether it writes is not in the hand of this tool. Stopping the step deletes the Job; a tool that is killed leaves it running.',
  },
  ko: {
    pytest: 'pytest를 실행하고 결과 보고서를 판정합니다. 런북에 달리 적혀 있지 않으면 세션은 읽기 전용으로 시작합니다.',
    'pull-request':
      '데이터베이스에는 접속하지 않고 GitHub에 PR 상태를 확인합니다. GitHub에 확인할 수 없으면 직접 확인하고 그 내용을 적습니다.',
    'managed-backup':
      '데이터베이스에는 접속하지 않고 클라우드 서비스에 백업을 요청하고 완료를 기다립니다. 여기서 복원해 보지 않으므로 이 실행의 원복 방법이 되지 않습니다.',
    psql: 'psql로 스크립트 파일을 실행합니다. 런북에 달리 적혀 있지 않으면 세션은 읽기 전용으로 시작합니다.',
    'downstream-jobs':
      '객체를 읽는 작업을 모의 실행합니다. 런북에 달리 적혀 있지 않으면 세션은 읽기 전용으로 시작합니다.',
    'kubernetes-job':
      '클러스터에서 Job을 한 번 실행하며 네임스페이스의 Secret을 사용합니다. Job이 어느 DB에 접속하고 무엇을 쓰는지는 이 도구가 제한하지 못합니다. 단계를 중단하면 Job을 삭제하고, 도구가 강제 종료되면 Job은 계속 실행됩니다.',
  },
};
