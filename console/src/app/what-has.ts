import { type Api, ApiRefused, asked } from '../api/client.ts';

/** The page of what has an id; `null` for nothing. @throws when that could not be found out. */
export async function whatHas(id: string, api: Api): Promise<string | null> {
  const params = { path: { id } };
  const asks = [
    [`/events/${id}`, () => asked(api.GET('/v1/events/{id}', { params }))],
    [`/plans/${id}`, () => asked(api.GET('/v1/replay-plans/{id}', { params }))],
    [`/failure-groups/${id}`, () => asked(api.GET('/v1/failure-groups/{id}', { params }))],
  ] as const;
  for (const [address, ask] of asks) {
    try {
      await ask();
      return address;
    } catch (error) {
      if (!(error instanceof ApiRefused) || error.problem.status !== 404) throw error;
    }
  }
  return null;
}
