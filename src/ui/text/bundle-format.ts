// What is in a bundle and how a stranger checks it, with sha256sum and ssh-keygen alone: the file README of the bundle.

import type {LocalText, Locale} from '../../core/text.ts';

/** Commands are one language; a test runs them as they stand. Lines of it begin with `    $ `. */
const lists = [
  'sha256sum -c --strict --quiet tagmanifest-sha256.txt',
  'sha256sum -c --strict --quiet manifest-sha256.txt',
];
const plan = [
  '(cd data/plan && sha256sum -c --strict --quiet plan.sha256)',
  'grep -q "\\"plan\\":\\"$(sha256sum < data/plan/plan.sha256 | cut -c1-64)\\"" <(head -1 data/journal.ndjson)',
];
const chain = [
  '(prev=$(printf %064d 0); while IFS= read -r line; do case $line in *"\\"prev\\":\\"$prev\\""*) ;; *) echo "broken: $line"; exit 1 ;; esac; prev=$(printf %s "$line" | sha256sum | cut -c1-64); done < data/journal.ndjson; echo "journal head $prev")',
];
const signature = [
  'ssh-keygen -Y verify -f SIGNERS -I WHO -n attempt-runbook -s signatures/01.sig < tagmanifest-sha256.txt',
];
const statement = [
  `sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' signatures/01.intoto.json | base64 -d > /tmp/statement.sig`,
  `{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < data/statement.json)"; cat data/statement.json; } | ssh-keygen -Y verify -f SIGNERS -I WHO -n attempt-runbook -s /tmp/statement.sig`,
];
const timestamp = [
  'openssl ts -verify -digest "$(sha256sum < signatures/01.sig | cut -c1-64)" -in signatures/01.tsr -CAfile CA.pem',
];

const t = (en: string, ko: string): LocalText => ({en, ko});

type Chapter = Readonly<{title: LocalText; text: readonly LocalText[]; commands?: readonly string[]}>;

const chapters: readonly Chapter[] = [
  {
    title: t('Where things are', '무엇이 어디에 있는가'),
    text: [
      t(
        'data/report.html            the story for a reader, with its transcripts; report.md is for a ticket',
        'data/report.html            읽는 사람을 위한 보고서(터미널 기록 포함); report.md 는 티켓용',
      ),
      t(
        'data/journal.ndjson         what was done, in order; everything else follows from it',
        'data/journal.ndjson         한 일의 순서대로 기록; 나머지는 모두 여기서 나옴',
      ),
      t(
        'data/plan/                  runbook, SQL and parameters as they were approved; plan.sha256 lists them',
        'data/plan/                  승인된 그대로의 런북, SQL, 파라미터; 목록은 plan.sha256',
      ),
      t(
        'data/transcripts/           each attempt, step.attempt.log (text) and .cast (asciicast v3)',
        'data/transcripts/           시도마다 step.attempt.log(텍스트)와 .cast(asciicast v3)',
      ),
      t(
        'data/artifacts/             *.snapshot.json, *.catalog.json, *.diff.json (catalog before, after, and the difference),',
        'data/artifacts/             *.snapshot.json, *.catalog.json, *.diff.json(변경 전후의 카탈로그와 그 차이),',
      ),
      t(
        '                            *.junit.xml (smoke), *.explain.json (plans), pictures',
        '                            *.junit.xml(스모크), *.explain.json(실행 계획), 화면',
      ),
      t(
        'data/artifacts/approvals/   what was signed by approvers, and their signatures',
        'data/artifacts/approvals/   승인자가 서명한 내용과 서명',
      ),
      t(
        'data/backups.json           each backup by hash and size, and how it was proven; the dump itself stays where it is',
        'data/backups.json           백업의 해시, 크기, 검증 결과; 덤프 자체는 담지 않음',
      ),
      t(
        'data/results.json           outcome and every step; "complete" is false unless the run was closed',
        'data/results.json           결과와 모든 단계; 실행이 종료되지 않았으면 "complete"는 false',
      ),
      t(
        'data/statement.json         an in-toto Statement v1 over every other file of data/',
        'data/statement.json         data/ 의 다른 모든 파일에 대한 in-toto Statement v1',
      ),
      t(
        'signatures/NN.sig           an SSH signature over tagmanifest-sha256.txt; NN.intoto.json: the statement signed',
        'signatures/NN.sig           tagmanifest-sha256.txt 에 대한 SSH 서명; NN.intoto.json: 서명된 statement',
      ),
      t(
        'signatures/NN.tsr           an RFC 3161 answer over NN.sig, where one was asked for',
        'signatures/NN.tsr           NN.sig 에 대한 RFC 3161 시각 증명(요청한 경우)',
      ),
    ],
  },
  {
    title: t('Files are what the lists say', '파일이 목록과 같은가'),
    text: [
      t(
        'A BagIt bag (RFC 8493). manifest-sha256.txt lists data/, tagmanifest-sha256.txt the lists; signatures/ is in no list.',
        'BagIt 형식(RFC 8493). manifest-sha256.txt 는 data/ 를, tagmanifest-sha256.txt 는 그 목록들을 담으며 signatures/ 는 어느 목록에도 없습니다.',
      ),
      t(
        'The archive is a zip of stored entries, sorted by name, dated 1980-01-01: the same files give the same bytes.',
        '압축 파일은 압축하지 않은 항목을 이름순으로, 1980-01-01 날짜로 담은 zip: 같은 파일이면 같은 바이트가 됩니다.',
      ),
    ],
    commands: lists,
  },
  {
    title: t('The plan is what the run was opened with', '실행 계획이 시작할 때의 것인가'),
    text: [
      t(
        'plan.sha256 is a sha256sum list; its own SHA-256 is "plan" in the first record, and what approvers sign.',
        'plan.sha256 은 sha256sum 목록이며, 그 SHA-256 값이 첫 기록의 "plan" 이고 승인자가 서명하는 값입니다.',
      ),
    ],
    commands: plan,
  },
  {
    title: t('The journal is whole', '저널이 온전한가'),
    text: [
      t(
        'A line is one JSON object: v (1), seq (from 1), at (UTC), prev, type, and what belongs to the type.',
        '한 줄이 JSON 객체 하나: v(1), seq(1부터), at(UTC), prev, type, 그리고 type 별 내용.',
      ),
      t(
        'prev is the SHA-256 of the line before, without its line break; 64 zeros in the first. ArtifactSealed and',
        'prev 는 앞줄(줄바꿈 제외)의 SHA-256 값이고 첫 줄은 0 이 64개. ArtifactSealed 와',
      ),
      t(
        'EvidenceAttached name path, bytes and sha256 of a file of data/.',
        'EvidenceAttached 는 data/ 에 있는 파일의 path, bytes, sha256 을 담습니다.',
      ),
    ],
    commands: chain,
  },
  {
    title: t('Who stands by it', '누가 보증하는가'),
    text: [
      t(
        'SIGNERS is a file as in ssh-keygen(1), ALLOWED SIGNERS, that you have from elsewhere; WHO a name in it. The',
        'SIGNERS 는 다른 경로로 받은 ssh-keygen(1)의 ALLOWED SIGNERS 파일, WHO 는 그 안의 이름입니다.',
      ),
      t(
        'namespace of every signature is attempt-runbook. Without a signature nothing here says who made it.',
        '모든 서명의 namespace 는 attempt-runbook 입니다. 서명이 없으면 누가 만들었는지 증명되지 않습니다.',
      ),
    ],
    commands: signature,
  },
  {
    title: t('The statement, for supply-chain tools', '공급망 도구를 위한 statement'),
    text: [
      t(
        'NN.intoto.json is a DSSE envelope: payload is statement.json, sig the armoured SSH signature in base64 over the',
        'NN.intoto.json 은 DSSE 봉투: payload 는 statement.json, sig 는 DSSE 사전 인코딩 값에 대한 SSH 서명(armour)의 base64,',
      ),
      t(
        "encoding that DSSE signs, keyid the key's fingerprint. Predicate urn:x-attempt-runbook:run:1: run, runbook, plan,",
        'keyid 는 키의 지문입니다. 술어 urn:x-attempt-runbook:run:1: run, runbook, plan,',
      ),
      t(
        'environment, target, openedBy, openedAt, closedAt, outcome, complete, journal (events, head).',
        'environment, target, openedBy, openedAt, closedAt, outcome, complete, journal(events, head).',
      ),
    ],
    commands: statement,
  },
  {
    title: t('When it was signed', '언제 서명했는가'),
    text: [
      t(
        'Only where there is a .tsr; CA.pem is that of its authority.',
        '.tsr 파일이 있을 때만; CA.pem 은 인증 기관의 인증서입니다.',
      ),
    ],
    commands: timestamp,
  },
];

export const bundleReadme = (locale: Locale): string =>
  [
    t('Evidence of a database change, made by attempt-runbook.', 'attempt-runbook 이 만든 데이터베이스 변경 증적.')[
      locale
    ],
    t(
      'attempt-runbook verify checks all of this at once; here is how to do it without that tool (bash, in this folder).',
      'attempt-runbook verify 가 모두 한 번에 확인합니다. 그 도구 없이 확인하는 방법은 다음과 같습니다(이 폴더에서 bash).',
    )[locale],
    ...chapters.flatMap(({title, text, commands = []}) => [
      '',
      title[locale],
      '',
      ...text.map((line) => `  ${line[locale]}`),
      ...(commands.length === 0 ? [] : ['', ...commands.map((command) => `    $ ${command}`)]),
    ]),
    '',
  ].join('\n');
