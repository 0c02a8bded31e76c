// How a run is let go of: the journal is closed, the lock is free, and a rehearsal's server goes with the rehearsal.

import type {EmbeddedServer} from '../adapters/embedded/server.ts';
import type {OpenRun} from './open-run.ts';

/** @param keep leaves the server running, so that the rehearsal can be continued or looked at. */
export const leaveRun = async (run: OpenRun, embedded: EmbeddedServer | undefined, keep: boolean): Promise<void> => {
  if (embedded === undefined) return run.close();
  if (keep) {
    await run.close();
    return embedded.detach();
  }
  // Without its server the run can never go on; its journal should not say that it could.
  if (run.session.view().state.closed === undefined) {
    await run.session.submit({type: 'AbandonRun', reason: "interrupted; the rehearsal's server was removed"});
    await run.session.settled();
  }
  await run.close();
  await embedded.stop();
};
