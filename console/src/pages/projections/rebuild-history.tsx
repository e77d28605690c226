import { Text, Timeline } from '@mantine/core';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import type { Rebuild } from './rebuild.ts';

/** "RebuildPromotionRequested" is "Promotion requested". */
function named(type: string): string {
  const words = type.replace(/^Rebuild/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return words.charAt(0) + words.slice(1).toLowerCase();
}

export const RebuildHistory = ({ steps }: { steps: Rebuild['history'] }) => (
  <Section title="What was done">
    <Timeline bulletSize={14} lineWidth={2} active={steps.length}>
      {steps.map(({ type, at, by, reason }) => (
        <Timeline.Item key={`${type} ${at}`} title={named(type)}>
          <Text size="sm">
            <Time at={at} /> <Verbatim>{[by, reason].filter((part) => part !== null).join(' · ')}</Verbatim>
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  </Section>
);
