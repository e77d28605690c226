import { Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import { ActButton } from '../../components/act-button.tsx';
import { useSession } from '../../session/context.ts';
import type { FailureGroup } from './failure-group-page.tsx';

/** Each is in the log, and can be taken back below. */
export function GroupActs({ group: { id } }: { group: FailureGroup }) {
  const { api } = useSession();
  const params = { path: { id } };
  const [handlerVersion, setHandlerVersion] = useState('');
  const [into, setInto] = useState('');
  const [containing, setContaining] = useState('');
  const permission = 'failures:manage';
  const field = (label: string, description: string, value: string, onChange: (value: string) => void) => (
    <TextInput {...{ label, description, value }} onChange={(event) => onChange(event.currentTarget.value)} />
  );
  return (
    <Group>
      <ActButton
        name="Resolve"
        title="Resolve this failure"
        {...{ permission }}
        says="Say what was done. When it is seen again, it has returned."
        fields={field(
          'Version of the handler that has it',
          'Left empty, each failure from now on is a return.',
          handlerVersion,
          setHandlerVersion,
        )}
        onReason={(note) =>
          asked(
            api.POST('/v1/failure-groups/{id}/resolve', {
              params,
              body: { note, ...(handlerVersion === '' ? {} : { handlerVersion: handlerVersion.trim() }) },
            }),
          )
        }
      />
      <ActButton
        name="Merge"
        title="Merge it into another"
        {...{ permission }}
        says="Its failures, also those to come, are shown in the other group."
        fields={field('Id of the other group', 'It stands in the address of its page.', into, setInto)}
        onReason={(reason) =>
          asked(api.POST('/v1/failure-groups/{id}/merge', { params, body: { into: into.trim(), reason } }))
        }
      />
      <ActButton
        name="Split"
        title="Split it"
        {...{ permission }}
        says="From now on, its failures whose message contains a text are a group of their own."
        fields={field('Text in the message', 'As it stands in the error.', containing, setContaining)}
        onReason={(reason) =>
          asked(api.POST('/v1/failure-groups/{id}/split', { params, body: { containing, reason } }))
        }
      />
    </Group>
  );
}
