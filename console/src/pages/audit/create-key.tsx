import { Button, Code, Modal, MultiSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import type { components, paths } from '../../api/schema.d.ts';
import { Notice } from '../../components/notice.tsx';
import { PermittedButton } from '../../components/permitted-button.tsx';
import { Problem } from '../../components/problem.tsx';
import { usePermission, useSession } from '../../session/context.ts';

type NewKey = NonNullable<paths['/v1/api-keys']['post']['requestBody']>['content']['application/json'];
type Made = components['schemas']['NewApiKey'] | components['schemas']['ApiKey'];

const permissions: readonly NewKey['permissions'][number][] = [
  ...(['events:write', 'events:read', 'payloads:read', 'audit:read', 'system:read', 'events:replay'] as const),
  ...(['events:discard', 'events:correct', 'plans:manage', 'failures:manage', 'types:pause'] as const),
  'projections:rebuild',
];

/** The key itself is shown once, and not stored. */
export function CreateKey() {
  const isPermitted = usePermission('access:manage');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <PermittedButton
        refused={isPermitted ? null : 'needs the permission access:manage'}
        onPress={() => setOpen(true)}
      >
        Create a key
      </PermittedButton>
      {isOpen && (
        <Modal
          opened
          onClose={() => setOpen(false)}
          title="Create an API key"
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <KeyForm />
        </Modal>
      )}
    </>
  );
}

function KeyForm() {
  const { api } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [may, setMay] = useState<NewKey['permissions']>(['events:write']);
  const [sources, setSources] = useState<string[]>([]);
  const [expiresAt, setExpiresAt] = useState('');
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (): Promise<Made> => {
      const body: NewKey = {
        ...{ name: name.trim(), permissions: may },
        ...(sources.length === 0 ? {} : { sources }),
        ...(expiresAt.trim() === '' ? {} : { expiresAt: expiresAt.trim() }),
      };
      return asked(api.POST('/v1/api-keys', { body }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  if (data !== undefined && 'key' in data)
    return (
      <Notice title="Keep it now: it is not shown again" color="yellow">
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {data.key}
        </Code>
      </Notice>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Stack>
        {error !== null && <Problem error={error} />}
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <MultiSelect label="May" required data={permissions} value={may} onChange={setMay} />
        <TagsInput
          label="Sources"
          description="Left empty, it may send as any. Enter after each."
          value={sources}
          onChange={setSources}
        />
        <TextInput
          label="Ends"
          description="A time such as 2030-01-31T12:00:00Z; left empty, never."
          value={expiresAt}
          onChange={(event) => setExpiresAt(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          The key is shown once.
        </Text>
        <Button type="submit" loading={isPending} disabled={name.trim() === '' || may.length === 0}>
          Create
        </Button>
      </Stack>
    </form>
  );
}
