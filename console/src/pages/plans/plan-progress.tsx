import { Group, Progress, Text } from '@mantine/core';
import { Section } from '../../components/section.tsx';
import type { Plan } from './plan-states.ts';

/** `replayed` are under way, `done` have come to a good end. */
const parts = [
  ['done', 'green', 'done'],
  ['replayed', 'blue', 'under way'],
  ['dead', 'red', 'dead again'],
  ['skipped', 'gray', 'skipped'],
] as const;

export function PlanProgress({ plan: { progress, start, size, secondsLeft, state, newMatches } }: { plan: Plan }) {
  if (progress === null || start === null) return null;
  const share = (count: number) => (size === 0 ? 0 : (count / size) * 100);
  const left = state === 'running' && secondsLeft !== null ? `, some ${secondsLeft} s left` : '';
  return (
    <Section title={`Progress${left}`}>
      <Progress.Root size={20} mb="xs">
        {parts.map(([name, color, says]) => (
          <Progress.Section
            key={name}
            value={share(progress[name])}
            color={color}
            aria-label={`${progress[name]} of ${size} ${says}`}
          />
        ))}
      </Progress.Root>
      <Group>
        <Text>{progress.waiting} wait</Text>
        {parts.map(([name, color, says]) => (
          <Text key={name}>
            <Text span c={color} aria-hidden>
              ■
            </Text>{' '}
            {progress[name]} {says}
          </Text>
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        {start.canary.events} first, of which {start.canary.mayFail} may fail; then {start.ratePerSecond} in a second;
        stops at {Math.round(start.stopWhenFailed.share * 100)} % and at least {start.stopWhenFailed.atLeast} that
        failed again.
        {newMatches !== null && newMatches > 0 && ` ${newMatches} others match its filter by now, and are not in it.`}
      </Text>
    </Section>
  );
}
