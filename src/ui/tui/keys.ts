// Which keys there are, what each does and when it acts: the one table from which the foot, the help and the docs are made.

import type {LocalText, Locale} from '../../core/text.ts';
import type {KeyName} from './key-press.ts';

export type ActionId =
  | 'act'
  | 'back'
  | 'up'
  | 'down'
  | 'tree'
  | 'pane'
  | 'next-tab'
  | 'previous-tab'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'choose'
  | 'retry'
  | 'snapshot-again'
  | 'stop'
  | 'sql'
  | 'plan'
  | 'queries'
  | 'way-back'
  | 'waive'
  | 'evidence'
  | 'search'
  | 'next-match'
  | 'previous-match'
  | 'follow'
  | 'export'
  | 'attach'
  | 'compare'
  | 'scope'
  | 'verify'
  | 'pager'
  | 'picture'
  | 'shell'
  | 'language'
  | 'help'
  | 'pause'
  | 'interrupt';

/** When a key acts. The screen answers yes, or with the reason why not, or that the key has no meaning here. */
export type Condition =
  | 'always'
  | 'choices'
  | 'shown-action'
  | 'retryable'
  | 'stale'
  | 'running'
  | 'blocked'
  | 'changed'
  | 'waivable'
  | 'output'
  | 'searched'
  | 'bundles'
  | 'attachable'
  | 'evidence'
  | 'scoped'
  | 'camera'
  | 'shell'
  | 'pager';

/** Why a key does not act now; the words are in the catalogue. */
export type Because = 'read-only' | 'nothing-changed' | 'step-running' | 'mandatory' | 'run-closed';

export type KeyEntry = Readonly<{
  action: ActionId;
  /** As `useInput` reports them: a name, or the character itself. */
  names: readonly KeyName[];
  characters: readonly string[];
  /** As the reader sees it. */
  shown: string;
  label: LocalText;
  help: LocalText;
  when: Condition;
  /** The foot has little room: 0 is never shown there, 1 first. */
  foot: 0 | 1 | 2 | 3;
}>;

const entry = (
  action: ActionId,
  [names, characters, shown]: readonly [readonly KeyName[], readonly string[], string],
  label: LocalText,
  help: LocalText,
  when: Condition = 'always',
  foot: KeyEntry['foot'] = 0,
): KeyEntry => ({action, names, characters, shown, label, help, when, foot});

export const keys: readonly KeyEntry[] = [
  entry(
    'act',
    [['enter'], [' '], 'Enter'],
    {en: 'go on', ko: '진행'},
    {
      en: 'Does the usual and safe thing. Before anything that changes the database it asks for the name of the target.',
      ko: '늘 하는 안전한 동작을 합니다. 데이터베이스를 바꾸는 작업 앞에서는 대상 DB의 이름을 먼저 묻습니다.',
    },
    'always',
    1,
  ),
  entry(
    'back',
    [['esc'], [], 'Esc'],
    {en: 'back', ko: '뒤로'},
    {
      en: 'Closes what is open, goes back to the current step, or opens this list.',
      ko: '열린 창을 닫거나 현재 단계로 돌아갑니다. 닫을 것이 없으면 이 목록을 엽니다.',
    },
  ),
  entry(
    'up',
    [['up'], [], 'Up'],
    {en: 'up', ko: '위'},
    {en: 'Moves the cursor or scrolls up.', ko: '커서를 올리거나 위로 스크롤합니다.'},
  ),
  entry(
    'down',
    [['down'], [], 'Down'],
    {en: 'down', ko: '아래'},
    {en: 'Moves the cursor or scrolls down.', ko: '커서를 내리거나 아래로 스크롤합니다.'},
  ),
  entry(
    'tree',
    [['left'], [], 'Left'],
    {en: 'steps', ko: '단계'},
    {
      en: 'Goes to the list of steps; Up and Down then show other steps.',
      ko: '단계 목록으로 갑니다. 위/아래 키로 다른 단계를 봅니다.',
    },
  ),
  entry(
    'pane',
    [['right'], [], 'Right'],
    {en: 'pane', ko: '내용'},
    {en: 'Goes to the pane of the step.', ko: '단계의 내용으로 갑니다.'},
  ),
  entry(
    'next-tab',
    [['tab'], [], 'Tab'],
    {en: 'next tab', ko: '다음 탭'},
    {en: 'Step, Output, Evidence.', ko: '단계, 출력, 증적 탭을 차례로 엽니다.'},
    'always',
    3,
  ),
  entry(
    'previous-tab',
    [['back-tab'], [], 'Shift+Tab'],
    {en: 'previous tab', ko: '이전 탭'},
    {en: 'The same, the other way round.', ko: '탭을 거꾸로 엽니다.'},
  ),
  entry(
    'page-up',
    [['page-up'], [], 'PageUp'],
    {en: 'page up', ko: '이전 쪽'},
    {en: 'One page up.', ko: '한 쪽 위로 갑니다.'},
  ),
  entry(
    'page-down',
    [['page-down'], [], 'PageDown'],
    {en: 'page down', ko: '다음 쪽'},
    {en: 'One page down.', ko: '한 쪽 아래로 갑니다.'},
  ),
  entry(
    'first',
    [['home'], ['g'], 'g Home'],
    {en: 'beginning', ko: '처음'},
    {en: 'To the beginning.', ko: '처음으로 갑니다.'},
  ),
  entry('last', [['end'], ['G'], 'G End'], {en: 'end', ko: '끝'}, {en: 'To the end.', ko: '끝으로 갑니다.'}),
  entry(
    'choose',
    [[], ['1', '2', '3', '4', '5', '6', '7', '8', '9'], '1-9'],
    {en: 'choose', ko: '선택'},
    {en: 'Chooses that line of a list.', ko: '목록에서 해당 번호를 고릅니다.'},
    'choices',
  ),
  entry(
    'stop',
    [[], ['c'], 'c'],
    {en: 'stop this step', ko: '단계 중단'},
    {
      en: 'Stops the running step at the next point where that is safe.',
      ko: '실행 중인 단계를 안전한 지점에서 멈춥니다.',
    },
    'running',
    2,
  ),
  entry(
    'retry',
    [[], ['r'], 'r'],
    {en: 'try again', ko: '다시 시도'},
    {
      en: 'Starts a failed step again, or asks the database again.',
      ko: '실패한 단계를 다시 시작하거나, 데이터베이스에 다시 묻습니다.',
    },
    'retryable',
  ),
  entry(
    'snapshot-again',
    [[], ['d'], 'd'],
    {en: 'new snapshot', ko: '스냅샷 다시'},
    {
      en: 'Takes the snapshot again after the catalog has changed; what was done, ticked and approved since is done again.',
      ko: '카탈로그가 바뀐 뒤 스냅샷을 다시 만듭니다. 그 뒤에 진행하고 확인하고 승인한 것은 다시 합니다.',
    },
    'stale',
    1,
  ),
  entry(
    'sql',
    [[], ['s'], 's'],
    {en: 'SQL', ko: 'SQL'},
    {en: 'Shows everything that the step runs, exactly.', ko: '단계가 실행하는 내용을 그대로 모두 보여 줍니다.'},
    'shown-action',
    2,
  ),
  entry(
    'plan',
    [[], ['p'], 'p'],
    {en: 'plan', ko: '실행 계획'},
    {
      en: 'Shows all steps of the plan, its digest and its policy.',
      ko: '실행 계획의 모든 단계와 다이제스트, 정책을 보여 줍니다.',
    },
    'always',
    2,
  ),
  entry(
    'queries',
    [[], ['t'], 't'],
    {en: 'their query text (personal data)', ko: '쿼리 보기(개인정보 주의)'},
    {
      en: 'Shows what the sessions in the way run. It may hold personal data, and is not kept.',
      ko: '앞을 막는 세션의 쿼리를 보여 줍니다. 개인정보가 있을 수 있으며 보관하지 않습니다.',
    },
    'blocked',
    1,
  ),
  entry(
    'way-back',
    [[], ['b'], 'b'],
    {en: 'way back', ko: '원복'},
    {en: 'Ranks the ways back and starts one of them.', ko: '원복 방법을 순위대로 보여 주고 시작합니다.'},
    'changed',
    1,
  ),
  entry(
    'waive',
    [[], ['w'], 'w'],
    {en: 'waive', ko: '생략'},
    {en: 'Leaves out an optional step, with a reason.', ko: '필수가 아닌 단계를 사유를 적고 생략합니다.'},
    'waivable',
    3,
  ),
  entry(
    'evidence',
    [[], ['e'], 'e'],
    {en: 'evidence', ko: '증적'},
    {en: 'Shows what has been recorded about the step.', ko: '단계에 대해 기록된 증적을 보여 줍니다.'},
    'always',
    3,
  ),
  entry(
    'search',
    [[], ['/'], '/'],
    {en: 'search', ko: '찾기'},
    {en: 'Searches the output.', ko: '출력에서 찾습니다.'},
    'output',
    2,
  ),
  entry(
    'next-match',
    [[], ['n'], 'n'],
    {en: 'next match', ko: '다음 결과'},
    {en: 'To the next match.', ko: '다음 검색 결과로 갑니다.'},
    'searched',
  ),
  entry(
    'previous-match',
    [[], ['N'], 'N'],
    {en: 'previous match', ko: '이전 결과'},
    {en: 'To the previous match.', ko: '이전 검색 결과로 갑니다.'},
    'searched',
  ),
  entry(
    'follow',
    [[], ['f'], 'f'],
    {en: 'follow', ko: '따라가기'},
    {en: 'Follows the end of the output, or stops following.', ko: '출력의 끝을 따라가거나 멈춥니다.'},
    'output',
    2,
  ),
  entry(
    'attach',
    [[], ['a'], 'a'],
    {en: 'attach a file', ko: '파일 첨부'},
    {
      en: 'Adds a file to the evidence: copied, sealed, with a note.',
      ko: '파일을 복사하고 봉인하여 메모와 함께 증적에 추가합니다.',
    },
    'attachable',
    3,
  ),
  entry(
    'compare',
    [[], ['h'], 'h'],
    {en: 'compare with seals', ko: '봉인과 비교'},
    {
      en: 'Reads the listed files again and compares them with their seals.',
      ko: '목록의 파일을 다시 읽어 봉인과 비교합니다.',
    },
    'evidence',
    2,
  ),
  entry(
    'scope',
    [[], ['u'], 'u'],
    {en: 'step or run', ko: '단계/전체'},
    {
      en: 'Lists the evidence of the whole run, or of the shown step again.',
      ko: '증적 목록을 전체 실행과 현재 단계 사이에서 바꿉니다.',
    },
    'scoped',
    2,
  ),
  entry(
    'export',
    [[], ['x'], 'x'],
    {en: 'export', ko: '내보내기'},
    {en: 'Writes the evidence bundle.', ko: '증적 묶음을 파일로 만듭니다.'},
    'bundles',
  ),
  entry(
    'verify',
    [[], ['v'], 'v'],
    {en: 'verify a bundle', ko: '증적 검증'},
    {
      en: 'Checks an exported bundle offline, and names the first thing that is wrong.',
      ko: '내보낸 증적을 오프라인으로 검증하고, 처음 발견된 문제를 알려 줍니다.',
    },
    'bundles',
  ),
  entry(
    'pager',
    [[], ['o'], 'o'],
    {en: 'open in $PAGER', ko: '$PAGER로 열기'},
    {
      en: 'Opens the whole transcript, file or SQL in $PAGER.',
      ko: '터미널 기록, 파일 또는 SQL 전체를 $PAGER로 엽니다.',
    },
    'pager',
  ),
  entry(
    'picture',
    [[], ['S'], 'S'],
    {en: 'picture', ko: '화면 저장'},
    {
      en: 'Keeps the screen as a picture (SVG and PNG) in the evidence.',
      ko: '화면을 그림(SVG, PNG)으로 증적에 저장합니다.',
    },
    'camera',
  ),
  entry(
    'shell',
    [[], ['!'], '!'],
    {en: 'psql', ko: 'psql'},
    {
      en: 'Opens psql on the target, read-only as it begins; all of it is recorded. \\q comes back.',
      ko: '대상 DB에 psql을 읽기 전용으로 엽니다. 모든 내용이 기록되며 \\q로 돌아옵니다.',
    },
    'shell',
  ),
  entry(
    'language',
    [[], ['l'], 'l'],
    {en: '한국어', ko: 'English'},
    {en: 'Switches between English and Korean.', ko: '한국어와 영어를 바꿉니다.'},
    'always',
    3,
  ),
  entry(
    'help',
    [[], ['?'], '?'],
    {en: 'help', ko: '도움말'},
    {en: 'Shows this list.', ko: '이 목록을 보여 줍니다.'},
    'always',
    1,
  ),
  entry(
    'pause',
    [[], ['q'], 'q'],
    {en: 'pause', ko: '일시 중지'},
    {en: 'Leaves the run; it can be continued later.', ko: '실행을 멈추고 나갑니다. 나중에 이어서 할 수 있습니다.'},
    'always',
    1,
  ),
  entry(
    'interrupt',
    [['ctrl-c'], [], 'Ctrl+C'],
    {en: 'stop', ko: '중단'},
    {
      en: 'Asks once, and says what happens to the running step.',
      ko: '한 번 묻고, 실행 중인 단계가 어떻게 되는지 알려 줍니다.',
    },
  ),
];

/** The keys as a Markdown table, for the README. */
export const keyTableMarkdown = (locale: Locale): string => {
  const head = locale === 'en' ? ['Key', 'What it does'] : ['키', '하는 일'];
  const rows = keys.map(({shown, help}) => `| \`${shown}\` | ${help[locale].replaceAll('|', '\\|')} |`);
  return [`| ${head.join(' | ')} |`, '| --- | --- |', ...rows].join('\n');
};
