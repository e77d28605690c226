import { Group, JsonInput } from '@mantine/core';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { ActButton } from '../../components/act-button.tsx';
import { useSession } from '../../session/context.ts';

type Event = components['schemas']['Event'];

/** What may be done with an event in its status, by who is signed in. */
export function Acts({ event: { id, status, payload } }: { event: Event }) {
  const { api } = useSession();
  const [corrected, setCorrected] = useState(() => JSON.stringify(payload ?? {}, null, 2));
  const path = { id };
  return (
    <>
      {(status === 'PROCESSED' || status === 'DEAD') && (
        <ActButton
          name="Replay"
          title="Replay this event"
          permission="events:replay"
          says="It is processed again from the beginning. The history keeps what was."
          onReason={(reason) => asked(api.POST('/v1/events/{id}/replay', { params: { path }, body: { reason } }))}
        />
      )}
      {status === 'DEAD' && (
        <Group>
          <ActButton
            name="Correct"
            title="Correct this event"
            permission="events:correct"
            says="A new event with this payload takes its place, and this one is discarded. Both histories say so."
            fields={
              <JsonInput label="Payload" autosize maxRows={16} value={corrected} onChange={setCorrected} formatOnBlur />
            }
            onReason={(reason) =>
              asked(
                api.POST('/v1/events/{id}/corrections', {
                  params: { path },
                  body: { payload: JSON.parse(corrected), reason },
                }),
              )
            }
          />
          <ActButton
            name="Discard"
            title="Discard this event"
            permission="events:discard"
            says="It is given up permanently, and no longer a dead letter."
            onReason={(reason) =>
              asked(api.POST('/v1/dead-letters/{id}/discard', { params: { path }, body: { reason } }))
            }
          />
        </Group>
      )}
    </>
  );
}
