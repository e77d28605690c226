import type { z } from 'zod';
import type { traceAnswer } from '../api/answers/trace.ts';
import { duration, plain } from './terminal-text.ts';

/** As `GET /v1/events/{id}/trace` answers. */
export type Trace = z.output<typeof traceAnswer>;

/** Narrower than that, a bar says nothing. */
const NARROWEST_BAR = 20;
const MARK = '█';
/** Of what is still going on. */
const OPEN_MARK = '▒';

/**
 * An event's life for a terminal of so many columns: a line for each span, with a bar that begins and ends where the span
 * does. A span is at least one mark wide, however short.
 * @param now - milliseconds since the epoch: where what lasts is drawn to.
 */
export function drawTimeline(
  trace: Trace,
  { columns, now }: { readonly columns: number; readonly now: number },
): string {
  const { receivedAt, spans } = trace;
  const lines = [...headingOf(trace), ''];
  const cells = spans.map((span) => ({
    span,
    head: `${span.kind.padEnd(7)}  ${`${span.generation}:${span.attempt}`.padEnd(5)}  ${durationOf(span, now).padStart(9)}  `,
  }));
  const widest = Math.max(0, ...cells.map(({ head }) => head.length));
  const width = Math.max(NARROWEST_BAR, Math.floor((columns - widest) / 2));
  const from = Date.parse(spans[0]?.startedAt ?? receivedAt);
  const until = Math.max(from, ...spans.map(endOf(now)));
  const columnOf = (at: number) => (until <= from ? 0 : Math.round(((at - from) / (until - from)) * (width - 1)));
  for (const { span, head } of cells) {
    const [start, end] = [columnOf(Date.parse(span.startedAt)), columnOf(endOf(now)(span))];
    const mark = span.endedAt === null ? OPEN_MARK : MARK;
    const bar = `${' '.repeat(start)}${mark.repeat(Math.max(1, end - start))}`.padEnd(width);
    lines.push(`${head}${bar}  ${notesOf(span)}`.trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

function headingOf(trace: Trace): readonly string[] {
  const { id, type, source, status, receivedAt, durationMs, nextAttemptAt, omittedSpans, traceIds } = trace;
  const ended = durationMs === null ? '' : `, ended after ${duration(durationMs)}`;
  const next = nextAttemptAt === null ? '' : `, next attempt at ${nextAttemptAt}`;
  return [
    `${plain(type)} from ${plain(source)}  ${id}`,
    `${status}, received ${receivedAt}${ended}${next}`,
    ...(traceIds.length === 0 ? [] : [`traces: ${traceIds.join(', ')}`]),
    ...(omittedSpans === 0 ? [] : [`${omittedSpans} earlier spans are left out`]),
  ];
}

type Span = Trace['spans'][number];

const endOf =
  (now: number) =>
  ({ endedAt, startedAt }: Span): number =>
    endedAt === null ? Math.max(now, Date.parse(startedAt)) : Date.parse(endedAt);

const durationOf = ({ durationMs, startedAt }: Span, now: number): string =>
  durationMs === null ? `${duration(Math.max(0, now - Date.parse(startedAt)))}…` : duration(durationMs);

const notesOf = ({ outcome, reason, operatorReason, handler }: Span): string =>
  [outcome, handler && `by ${plain(handler)}`, reason && plain(reason), operatorReason && `"${plain(operatorReason)}"`]
    .filter((note) => note !== null && note !== '')
    .join(', ');
