import { Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { Command } from '../../components/command.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { usePermission, useSession } from '../../session/context.ts';

const AGAIN_MS = 10_000;

/** The log's own signature is the first line below; the others are of witnesses. */
export function NewestCheckpoint() {
  const { api } = useSession();
  const isPermitted = usePermission('audit:read');
  const { data, error } = useQuery({
    queryKey: ['checkpoint'],
    queryFn: () => asked(api.GET('/v1/audit/checkpoint', { parseAs: 'text' })),
    refetchInterval: AGAIN_MS,
    enabled: isPermitted,
  });
  const size = data?.split('\n')[1];
  const witnesses = Math.max(0, (data?.match(/^— /gm)?.length ?? 0) - 1);
  return (
    <Section title="Newest checkpoint">
      {!isPermitted && <Text c="dimmed">It is shown to those who have the permission audit:read.</Text>}
      {error !== null && <Problem error={error} />}
      {data !== undefined && (
        <>
          <Text mb="xs">
            {size} transitions are signed, {witnesses === 0 ? 'by no witness' : `also by ${witnesses} witnesses`}. Keep
            it elsewhere: later it shows that the log still begins with exactly these.
          </Text>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
            {data}
          </Code>
        </>
      )}
      <Command>bin/eventops audit key</Command>
    </Section>
  );
}
