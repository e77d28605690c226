import type { Link } from '@opentelemetry/api';
import type { CommandContext } from '../../application/command-context.ts';
import type { KnownEvent } from '../../application/event-history.ts';
import { type LinkKind, own } from './attributes.ts';
import { spanContextOf } from './span-context.ts';

/**
 * What an attempt is linked to: what the command follows from, the request that sent the event, and whatever came last,
 * which is the previous attempt or what it led to. Each trace once.
 */
export function attemptLinks(
  { traceparent }: Pick<CommandContext, 'traceparent'>,
  known: Pick<KnownEvent, 'traceparent' | 'firstTraceparent'> | undefined,
): Link[] {
  const candidates: readonly (readonly [LinkKind, string | null | undefined])[] = [
    ['cause', traceparent],
    ['ingest', known?.firstTraceparent],
    ['previous-attempt', known?.traceparent],
  ];
  const links = new Map<string, Link>();
  for (const [kind, given] of candidates) {
    const context = spanContextOf(given ? { traceparent: given } : {});
    if (context !== null && !links.has(context.traceId))
      links.set(context.traceId, { context, attributes: { [own.link]: kind } });
  }
  return [...links.values()];
}
