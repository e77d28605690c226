import type { ReadDatabase } from '../../../../src/projections/database.ts';

type LatestTransitionsTables = {
  latest_transitions: { stream: string; type: string; revision: string };
};

/** How many streams ended with each type of transition. @throws {ReadDatabaseUnavailable} */
export async function countByLatestType(db: ReadDatabase): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .withTables<LatestTransitionsTables>()
    .selectFrom('latest_transitions')
    .select(['type', ({ fn }) => fn.countAll<string>().as('count')])
    .groupBy('type')
    .orderBy('type')
    .execute();
  return Object.fromEntries(rows.map(({ type, count }) => [type, Number(count)]));
}
