import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { useSession } from '../../session/context.ts';

const AGAIN_MS = 5_000;

interface Readiness {
  readonly parts: Readonly<Record<string, 'ready' | 'not-ready'>>;
  readonly details?: Readonly<Record<string, string>>;
}

/** What may ask for an act, from the routes that know it. */
export function useStateOfThings() {
  const { api, me } = useSession();
  const again = { refetchInterval: AGAIN_MS, retry: false };
  const deadLetters = useQuery({
    ...again,
    queryKey: ['dead-letter-groups', 'count'],
    queryFn: () => asked(api.GET('/v1/dead-letters/groups', { params: { query: { limit: '1' } } })),
  });
  const types = useQuery({ ...again, queryKey: ['types'], queryFn: () => asked(api.GET('/v1/types')) });
  const plans = useQuery({
    ...again,
    queryKey: ['plans', 'stopped', 'newest'],
    queryFn: () => asked(api.GET('/v1/replay-plans', { params: { query: { state: 'stopped', limit: '5' } } })),
  });
  const projections = useQuery({
    ...again,
    queryKey: ['projections'],
    queryFn: () => asked(api.GET('/v1/projections')),
    enabled: me.permissions.includes('system:read'),
  });
  const readiness = useQuery({
    ...again,
    queryKey: ['readiness'],
    // 503 has the parts, too.
    queryFn: async () => {
      const { data, error } = await api.GET('/readyz');
      return (data ?? error) as Readiness;
    },
  });
  return { deadLetters, types, plans, projections, readiness };
}
