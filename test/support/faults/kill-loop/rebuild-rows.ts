import { setTimeout as pause } from 'node:timers/promises';
import type { FullProfile } from '../../full-profile/full-profile.ts';
import { startRole } from '../../processes/role-process.ts';
import { readTable } from './read-evidence.ts';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** Has a projector rebuild the rows in an empty database, until they are the same or the time is over. */
export async function rebuildRows(
  profile: FullProfile,
  env: Readonly<Record<string, string>> & { readonly DATABASE_URL: string },
): Promise<{ readonly rowsAtRest: readonly string[]; readonly rowsMadeAnew: readonly string[] }> {
  const rowsAtRest = await readTable(env.DATABASE_URL);
  const databaseUrl = await profile.postgres.createDatabase('rebuilt');
  const projector = await startRole({ role: 'projector', env: { ...env, DATABASE_URL: databaseUrl } });
  try {
    const deadline = performance.now() + WITHIN_MS;
    let rowsMadeAnew: readonly string[] = [];
    while (performance.now() < deadline) {
      rowsMadeAnew = await readTable(databaseUrl);
      if (rowsMadeAnew.length === rowsAtRest.length && rowsMadeAnew.every((row, index) => row === rowsAtRest[index]))
        break;
      await pause(LOOK_EVERY_MS);
    }
    return { rowsAtRest, rowsMadeAnew };
  } finally {
    await projector.kill();
  }
}
