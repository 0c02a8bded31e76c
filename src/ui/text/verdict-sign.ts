// Which sign a verdict wears. Signs of neutral width only: others are two columns wide in some Korean terminals.

import type {CheckVerdict} from '../../core/facts.ts';

export const verdictSign: Readonly<Record<CheckVerdict, string>> = {pass: '✓', amber: '!', fail: '✗'};

/** `✓ 14  ! 2` */
export const verdictCounts = (of: readonly Readonly<{verdict: CheckVerdict}>[]): string =>
  (['pass', 'amber', 'fail'] as const)
    .map((verdict) => ({verdict, times: of.filter((one) => one.verdict === verdict).length}))
    .filter(({times}) => times > 0)
    .map(({verdict, times}) => `${verdictSign[verdict]} ${times}`)
    .join('  ');
