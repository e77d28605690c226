import { Button, Group, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { ReasonDialog } from '../../components/reason-dialog.tsx';
import { type Permission, useSession } from '../../session/context.ts';

type Event = components['schemas']['Event'];

interface Act {
  readonly name: string;
  readonly permission: Permission;
  readonly from: readonly Event['status'][];
  readonly says: string;
  readonly do: (reason: string) => Promise<unknown>;
}

/** What may be done with an event in its status, by who is signed in. */
export function Acts({ event }: { event: Event }) {
  const { api, me } = useSession();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Act | null>(null);
  const { id, status } = event;
  const path = { id };
  const acts: readonly Act[] = [
    {
      ...{ name: 'Replay', permission: 'events:replay', from: ['PROCESSED', 'DEAD'] },
      says: 'It is processed again from the beginning. The history keeps what was.',
      do: (reason) => asked(api.POST('/v1/events/{id}/replay', { params: { path }, body: { reason } })),
    },
    {
      ...{ name: 'Discard', permission: 'events:discard', from: ['DEAD'] },
      says: 'It is given up for good, and no longer a dead letter.',
      do: (reason) => asked(api.POST('/v1/dead-letters/{id}/discard', { params: { path }, body: { reason } })),
    },
  ];
  return (
    <Group>
      {acts
        .filter(({ from }) => from.includes(status))
        .map((act) => {
          const isPermitted = me.permissions.includes(act.permission);
          return (
            <Tooltip key={act.name} label={`needs the permission ${act.permission}`} disabled={isPermitted}>
              <Button variant="default" disabled={!isPermitted} onClick={() => setChosen(act)}>
                {act.name}
              </Button>
            </Tooltip>
          );
        })}
      {chosen !== null && (
        <ReasonDialog
          title={`${chosen.name} this event`}
          act={chosen.name}
          onClose={() => setChosen(null)}
          onReason={async (reason) => {
            await chosen.do(reason);
            await queries.invalidateQueries({ queryKey: ['event', id] });
          }}
        >
          {chosen.says}
        </ReasonDialog>
      )}
    </Group>
  );
}
