// An approval: what somebody other than the operator decides on; nothing is performed, so nothing can be in doubt.

import type {Kind} from './kind.ts';
import {readsOnly} from './sessions.ts';

export const approval: Kind<'approval'> = {
  kind: 'approval',
  outline: ({id, statement}) => [{title: id, language: 'text', text: `${statement.en}\n${statement.ko}`}],
  reconcile: readsOnly,
};
