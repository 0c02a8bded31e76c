// How the live session takes what lies in its inbox: each by itself, as an import, and never while something is at work.

import type {Refusal} from '../../core/command.ts';
import {parseStatement} from '../../core/approval-statement.ts';
import type {Inbox, InboxEntry, InboxNews} from '../../core/inbox/inbox.ts';
import type {Instant} from '../../core/ids.ts';

export type Words = Extract<InboxEntry, {kind: 'words'}>;

export type LookInto = Readonly<{
  inbox: Inbox;
  now: () => Instant;
  /** The run waits for somebody, or is over: only then a no is the run's answer, and not that of a moment. */
  isIdle: () => boolean;
  /** Checks and writes down; a refusal has written nothing, and so has what is thrown. */
  take: (words: Words) => Promise<Refusal | undefined>;
  tell: (news: InboxNews) => void;
}>;

/** What says something of this process, and nothing of the words: they stay for whoever has the run next. */
const isOurs = ({code}: Refusal): boolean =>
  ['journal-failed', 'run-taken-over', 'run-removed', 'run-damaged', 'run-newer', 'already-running'].includes(code);

export const lookInto = async ({inbox, now, isIdle, take, tell}: LookInto): Promise<void> => {
  if (!isIdle()) return;
  for (const entry of inbox.look(now())) {
    if (entry.kind === 'stray') {
      inbox.refused(entry, entry.problem);
      tell({was: 'refused', names: entry.names, problem: entry.problem});
      continue;
    }
    // The one before may have ended its step: the rest is looked at again, in a second, on what stands then.
    if (!isIdle()) return;
    let refusal: Refusal | undefined;
    try {
      refusal = await take(entry);
    } catch (error) {
      // No disk to check it on, or a bug: what a stranger has left is no reason for the session to end.
      const message = error instanceof Error ? error.message : String(error);
      const problem = {why: 'unreadable', message} as const;
      inbox.refused(entry, problem);
      tell({was: 'refused', names: entry.names, problem});
      continue;
    }
    const statement = parseStatement(entry.text);
    if (refusal === undefined && statement !== undefined) {
      inbox.taken(entry);
      const {step, approver, decision} = statement;
      tell({was: 'taken', step, by: approver, decision});
    } else if (refusal !== undefined && !isOurs(refusal)) {
      const problem = {why: 'refused', refusal} as const;
      inbox.refused(entry, problem);
      tell({was: 'refused', names: entry.names, problem});
    }
  }
};
