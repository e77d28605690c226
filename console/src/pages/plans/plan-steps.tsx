import { Text, Timeline } from '@mantine/core';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import type { Plan } from './plan-states.ts';

/** "ReplayPlanPaused" is "Paused". */
const named = (type: string) => type.replace(/^ReplayPlan/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');

export const PlanSteps = ({ steps }: Pick<Plan, 'steps'>) => (
  <Section title="What was done">
    <Timeline bulletSize={14} lineWidth={2} active={steps.length}>
      {steps.map(({ type, at, by, reason }) => (
        <Timeline.Item key={`${type} ${at}`} title={named(type)}>
          <Text size="sm">
            <Time at={at} />
            {by !== null && (
              <>
                {' '}
                · by <Verbatim>{by}</Verbatim>
              </>
            )}
            {reason !== null && (
              <>
                {' '}
                · <Verbatim>{reason}</Verbatim>
              </>
            )}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  </Section>
);
