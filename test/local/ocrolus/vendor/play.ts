import { playBooks, playCopyJobs } from './play-books.ts';
import { playOtherRefusals, playRefusals } from './play-refusals.ts';
import { playWebhooks } from './play-webhooks.ts';
import { type Played, Player } from './player.ts';

/** Calls every route of the simulator: for what it has, and for each error that it can answer with. */
export async function playEveryRoute(): Promise<Played[]> {
  const player = await Player.start();
  const other = await Player.start({ hasRiskScore: false, tooManyTransactions: 400 });
  try {
    await player.grant('simulator-client-secret');
    await player.grant('wrong');
    await playBooks(player);
    await playCopyJobs(player);
    await playRefusals(player);
    await playWebhooks(player);
    await playOtherRefusals(other);
    return [...player.played, ...other.played];
  } finally {
    await player.simulator.close();
    await other.simulator.close();
  }
}
