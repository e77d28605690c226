import { Box, Text } from '@mantine/core';
import type { components } from '../../api/schema.d.ts';
import { duration } from '../../components/duration.ts';
import { Verbatim } from '../../components/verbatim.tsx';

type Span = components['schemas']['TraceSpan'];

const names: Readonly<Record<Span['kind'], string>> = {
  waiting: 'waits',
  attempt: 'attempt',
  backoff: 'waits for the next attempt',
  dead: 'dead letter',
};

function colorOf({ kind, outcome }: Span): string {
  if (kind === 'dead') return 'var(--mantine-color-red-filled)';
  if (kind !== 'attempt') return 'var(--mantine-color-gray-5)';
  if (outcome === 'succeeded') return 'var(--mantine-color-green-filled)';
  return outcome === null ? 'var(--mantine-color-blue-filled)' : 'var(--mantine-color-orange-filled)';
}

interface Given {
  readonly name: string;
  readonly spans: readonly Span[];
  readonly endedAt: string | null;
}

/** How long it was a dead letter is said, and not drawn: beside days, no attempt could be seen. */
export function LifeBars({ name, spans, endedAt }: Given) {
  const drawn = spans.filter(({ kind }) => kind !== 'dead');
  const endOf = (span: Span) => Date.parse(span.endedAt ?? endedAt ?? new Date().toISOString());
  const from = Math.min(...drawn.map(({ startedAt }) => Date.parse(startedAt)));
  const whole = Math.max(1, ...drawn.map((span) => endOf(span) - from));
  return (
    <div>
      <Text fw={600} size="sm">
        {name}, {duration(whole)}
      </Text>
      {spans.map((span) => {
        const start = Date.parse(span.startedAt);
        const isDrawn = span.kind !== 'dead';
        return (
          <Box key={`${span.revision} ${span.kind}`} mb={6}>
            <Text size="sm">
              {names[span.kind]}
              {span.kind === 'attempt' && ` ${span.attempt}`}
              {span.outcome !== null && `, ${span.outcome}`}
              {', '}
              {span.durationMs === null ? 'until now' : duration(span.durationMs)}
              {span.worker !== null && (
                <>
                  {' '}
                  · <Verbatim>{span.worker}</Verbatim>
                </>
              )}
              {span.reason !== null && (
                <>
                  {' '}
                  · <Verbatim>{span.reason}</Verbatim>
                </>
              )}
              {span.operatorReason !== null && (
                <>
                  {' '}
                  · <Verbatim>{span.operatorReason}</Verbatim>
                </>
              )}
            </Text>
            {isDrawn && (
              <Box h={8} bg="var(--mantine-color-default-hover)" aria-hidden>
                <Box
                  h={8}
                  bg={colorOf(span)}
                  ml={`${((start - from) / whole) * 99}%`}
                  miw={2}
                  w={`${(Math.max(0, endOf(span) - start) / whole) * 99}%`}
                />
              </Box>
            )}
          </Box>
        );
      })}
    </div>
  );
}
