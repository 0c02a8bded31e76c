// A checklist: what only a human can do or confirm, item by item.

import type {Kind} from './kind.ts';
import {readsOnly} from './sessions.ts';

export const checklist: Kind<'checklist'> = {
  kind: 'checklist',
  outline: (step) =>
    step.items.map((item) => ({title: item.id, language: 'text', text: `${item.text.en}\n${item.text.ko}`})),
  // Nothing is ever started, so nothing can be in doubt; the ticked items are in the journal.
  reconcile: readsOnly,
};
