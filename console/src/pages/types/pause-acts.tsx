import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { ActButton } from '../../components/act-button.tsx';
import { useSession } from '../../session/context.ts';

const says = 'Its events are taken and wait. What is under way goes on to its end.';

export function PauseOrResume({ type: { name, pause } }: { type: components['schemas']['EventType'] }) {
  const { api } = useSession();
  const params = { path: { type: name } };
  return pause === null ? (
    <ActButton
      name="Pause"
      title={`Pause ${name}`}
      permission="types:pause"
      {...{ says }}
      onReason={(reason) => asked(api.POST('/v1/types/{type}/pause', { params, body: { reason } }))}
    />
  ) : (
    <ActButton
      name="Resume"
      title={`Let ${name} go on`}
      permission="types:pause"
      says="What waits is processed, the oldest first."
      onReason={(reason) => asked(api.POST('/v1/types/{type}/resume', { params, body: { reason } }))}
    />
  );
}

/** Of a name that is not in the list. */
export function PauseAny() {
  const { api } = useSession();
  const [type, setType] = useState('');
  return (
    <ActButton
      name="Pause another type"
      permission="types:pause"
      {...{ says }}
      fields={
        <TextInput label="Type" required value={type} onChange={(event) => setType(event.currentTarget.value.trim())} />
      }
      onReason={(reason) => asked(api.POST('/v1/types/{type}/pause', { params: { path: { type } }, body: { reason } }))}
    />
  );
}
