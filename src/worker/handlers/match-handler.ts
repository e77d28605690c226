import type { z } from 'zod';
import type { ReplayPermission } from '../../domain/event/commands.ts';
import type { RetryPolicy } from '../../domain/event/transitions.ts';
import type { HandlerDefinition } from './define-config.ts';

/** A handler with everything decided that its definition left open. */
export interface ConfiguredHandler {
  /** Its name in the configuration: an event type, `prefix.*` or `*`. */
  readonly pattern: string;
  readonly version: string;
  readonly schema: z.ZodType | null;
  readonly retry: RetryPolicy;
  /** By the class of the error, where that makes a difference. */
  readonly retryOn?: ReadonlyMap<string, RetryPolicy>;
  readonly timeoutMs: number;
  readonly replay: ReplayPermission;
  readonly handle: HandlerDefinition['handle'];
}

/** The handler for an event type; `null` when none is configured. */
export type MatchHandler = (type: string) => ConfiguredHandler | null;

/** The types that handlers are named after; those with a `*` are for types that are not known beforehand. */
export const typesOf = (handlers: readonly ConfiguredHandler[]): readonly string[] =>
  handlers.map(({ pattern }) => pattern).filter((pattern) => !pattern.endsWith('*'));

/** The type itself before `order.*` before `*`, and of two prefixes the longer one. */
export function createMatchHandler(handlers: readonly ConfiguredHandler[]): MatchHandler {
  const byPattern = new Map(handlers.map((handler) => [handler.pattern, handler]));
  return (type) => {
    const exact = byPattern.get(type);
    if (exact) return exact;
    for (let dot = type.lastIndexOf('.'); dot > 0; dot = type.lastIndexOf('.', dot - 1)) {
      const closest = byPattern.get(`${type.slice(0, dot)}.*`);
      if (closest) return closest;
    }
    return byPattern.get('*') ?? null;
  };
}
