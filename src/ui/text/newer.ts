// What it means that a newer version of the tool wrote a record of a journal.

import type {Newer} from '../../core/newer.ts';
import type {LocalText} from '../../core/text.ts';

const writer = ({tool}: Newer): LocalText =>
  tool === undefined
    ? {
        en: 'a newer version, or another build of this one, wrote it',
        ko: '더 새로운 버전이나 다른 빌드가 쓴 기록입니다',
      }
    : {en: `attempt-runbook ${tool} wrote it`, ko: `attempt-runbook ${tool}이 쓴 기록입니다`};

/** Which record it is; no claim about any other. */
export const newerText = (newer: Newer): LocalText => ({
  en:
    newer.event === undefined
      ? `Record ${newer.seq} of the journal has a format that this version does not know: ${writer(newer).en}.`
      : `Record ${newer.seq} of the journal is a ${newer.event}, which this version does not know: ${writer(newer).en}.`,
  ko:
    newer.event === undefined
      ? `저널 ${newer.seq}번 기록은 이 버전이 모르는 형식입니다. ${writer(newer).ko}.`
      : `저널 ${newer.seq}번 기록은 이 버전이 모르는 ${newer.event}입니다. ${writer(newer).ko}.`,
});

/** With which version to go on. */
export const newerVersionText = ({tool}: Newer): LocalText =>
  tool === undefined
    ? {en: 'the version that wrote it, or a newer one', ko: '그 기록을 쓴 버전 또는 그보다 새로운 버전'}
    : {en: `attempt-runbook ${tool} or newer`, ko: `attempt-runbook ${tool} 또는 그보다 새로운 버전`};
