import { Text } from '@mantine/core';
import { JsonText } from '../../components/json-text.tsx';
import { Section } from '../../components/section.tsx';

export const Payload = ({ payload }: { payload: unknown }) => (
  <Section title="Payload">
    {payload === undefined ? (
      <Text c="dimmed">It is shown to those who have the permission payloads:read.</Text>
    ) : (
      <JsonText value={payload} />
    )}
  </Section>
);
