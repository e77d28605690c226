import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { usePermission, useSession } from '../../session/context.ts';
import type { Moment } from './moment.ts';
import { readable } from './sentence.ts';

/** With where its chain breaks, as far as what is shown says it. */
export function useHistory(id: string, revision: number, moment: Moment) {
  const { api } = useSession();
  return useQuery({
    queryKey: ['history', id, revision, moment],
    queryFn: () => asked(api.GET('/v1/events/{id}/history', { params: { path: { id }, query: moment } })),
    select: ({ items, verified }) => ({ items: readable(items), verified, brokenAt: verified ? null : breakIn(items) }),
    placeholderData: (before) => before,
    enabled: usePermission('audit:read'),
  });
}

/** The first whose `prevHash` is not the hash before it. A change that kept the links is found by the server alone, which computes the hashes. */
function breakIn(items: readonly object[]): number | null {
  const chain = items as readonly { readonly prevHash?: unknown; readonly hash?: unknown }[];
  const at = chain.findIndex(({ prevHash }, index) => index > 0 && prevHash !== chain[index - 1]?.hash);
  return at === -1 ? null : at;
}
