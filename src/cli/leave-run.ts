// How a run is let go of: the journal is closed, the lock is free, and a rehearsal's server goes with the rehearsal.

import type {EmbeddedServer} from '../adapters/embedded/server.ts';
import {withinLimit} from './interruption.ts';
import type {OpenRun} from './open-run.ts';

/** What a rehearsal runs on: a server of its own, or a database of its own on a server that was named. */
export type RehearsalServer = Readonly<{
  /** Removes it; false when it stays, of which the operator was told. */
  stop: () => Promise<boolean>;
  /** Leaves it for a later process. */
  detach: () => void;
}>;

export const ownServer = (server: EmbeddedServer): RehearsalServer => ({
  detach: () => server.detach(),
  stop: async () => {
    await server.stop();
    return true;
  },
});

/**
 * @param keep leaves the server running, so that the rehearsal can be continued or looked at.
 * @param because why the run is left before its end; goes into the evidence.
 */
export const leaveRun = async (
  run: OpenRun,
  embedded: RehearsalServer | undefined,
  keep: boolean,
  because = 'interrupted',
): Promise<void> => {
  if (embedded === undefined) return run.close();
  if (keep) {
    await run.close();
    return embedded.detach();
  }
  // Without its server the run can never go on; its journal should not say that it could.
  if (run.session.view().state.closed === undefined) {
    const abandoned = run.session.submit({
      type: 'AbandonRun',
      reason: `${because}; the rehearsal's server was removed`,
    });
    // Refused while an effect that could not be stopped still runs: it has been waited for already.
    await withinLimit(abandoned.then((refusal) => (refusal === undefined ? run.session.settled() : undefined)));
  }
  await run.close();
  await embedded.stop();
};
