// What shape may an approval have in a runbook document.

import {z} from 'zod';
import type {Of} from '../core/definition.ts';
import {localText, maybe, stepBase, type Shape} from './schema-parts.ts';

export const approvalSchema = z.strictObject({
  ...stepBase,
  kind: z.literal('approval'),
  statement: localText.meta({description: 'What is being approved; it stands in the text that approvers sign.'}),
  approvers: maybe(z.int().min(1).max(9)).meta({description: 'How many different persons; 1 when absent.'}),
  signature: z.enum(['required', 'optional']).meta({
    description: "'required': only by a key of a list of signers. 'optional': a typed name is taken too, and is amber.",
  }),
  signers: maybe(z.string().regex(/^[A-Za-z0-9_][\w.-]{0,99}$/, 'signers-malformed')).meta({
    description: 'An allowed_signers file as in ssh-keygen(1), in runbook/<id>/signers/; it is part of the plan.',
  }),
  // 90 days: longer than any change is prepared, and what is older was approved by somebody who has forgotten it.
  validForMs: maybe(z.int().min(1000).max(7_776_000_000)).meta({
    description: 'In milliseconds, from the moment that was signed. Expired, it has to be given again.',
  }),
  self: maybe(z.enum(['forbidden', 'allowed'])).meta({
    description: "'allowed': the operator may approve, as in a rehearsal; 'forbidden' when absent.",
  }),
} satisfies Shape<Of<'approval'>>);
