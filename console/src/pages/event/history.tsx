import { Badge, Button, Group, SegmentedControl, Text, Timeline } from '@mantine/core';
import { useState } from 'react';
import { JsonText } from '../../components/json-text.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { usePermission } from '../../session/context.ts';
import type { Moment } from './moment.ts';
import { sentenceOf } from './sentence.ts';
import { useHistory } from './use-history.ts';

/** Of a long history, so many of the newest are drawn at first. */
const SHOWN = 100;

export function History({ id, revision, moment }: { id: string; revision: number; moment: Moment }) {
  const isPermitted = usePermission('audit:read');
  const { data, error } = useHistory(id, revision, moment);
  const [form, setForm] = useState('sentences');
  const [shown, setShown] = useState(SHOWN);
  if (!isPermitted) return <Text c="dimmed">The history is for those who have the permission audit:read.</Text>;
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return null;
  const left = Math.max(0, data.items.length - shown);
  const items = data.items.slice(left);
  return (
    <Section
      title="History"
      acts={
        <Group>
          <Badge color={data.verified ? 'green' : 'red'} variant="outline">
            {data.verified ? 'hashes verified' : 'broken'}
          </Badge>
          <SegmentedControl
            aria-label="Form of the history"
            size="xs"
            data={[
              { value: 'sentences', label: 'Sentences' },
              { value: 'json', label: 'JSON' },
            ]}
            value={form}
            onChange={setForm}
          />
        </Group>
      }
    >
      {data.brokenAt !== null && (
        <Text c="red" mb="sm">
          The transition at revision {data.brokenAt} does not follow from the one before it: it was changed, or is not
          the one that was written. Nothing is done with this event. See docs/histories.md.
        </Text>
      )}
      {left > 0 && (
        <Button variant="default" size="xs" mb="sm" onClick={() => setShown(shown + 5 * SHOWN)}>
          {left} earlier ones
        </Button>
      )}
      {form === 'json' ? (
        <JsonText value={items} />
      ) : (
        <Timeline bulletSize={14} lineWidth={2} active={items.length}>
          {items.map((item) => {
            const { title, detail } = sentenceOf(item);
            return (
              <Timeline.Item key={item.id} title={title}>
                <Text size="sm">
                  <Time at={item.recordedAt} /> <Verbatim>{detail}</Verbatim>
                </Text>
              </Timeline.Item>
            );
          })}
        </Timeline>
      )}
    </Section>
  );
}
