import type { Aggregate, AnyCommand, AnyTransition } from '../domain/aggregate.ts';
import type { CommandContext } from './command-context.ts';
import { schemaVersionOf } from './decode-transition.ts';
import { seal } from './envelope.ts';
import type { Loaded } from './load.ts';
import type { Random } from './ports/random.ts';
import type { SealedTransition } from './sealed-transition.ts';

interface Sealing<State> {
  readonly stream: string;
  readonly current: Loaded<State>;
  readonly context: CommandContext;
  readonly recordedAt: string;
  readonly random: Random;
}

/** Readies what was decided for the log, each transition tied to the one before it; and what is there after them. */
export function sealAll<State, Transition extends AnyTransition>(
  aggregate: Aggregate<State, AnyCommand, Transition, unknown>,
  { stream, current, context, recordedAt, random }: Sealing<State>,
  transitions: readonly Transition[],
): { readonly transitions: readonly SealedTransition[]; readonly current: Loaded<State> } {
  const { actor, address, causationId, planId, requestId, tracestate, transitionId } = context;
  const traceparent = context.traceparent ?? current.traceparent;
  const sealed: SealedTransition[] = [];
  let after = current;
  for (const transition of transitions) {
    const { type } = transition;
    const id = transitionId?.(type) ?? random.uuid();
    const next = seal(aggregate, transition, {
      actor,
      ...(address === undefined ? {} : { address }),
      causationId: causationId ?? current.headId ?? requestId ?? id,
      correlationId: stream,
      id,
      ...(planId === undefined ? {} : { planId }),
      prevHash: after.headHash,
      recordedAt,
      ...(requestId === undefined ? {} : { requestId }),
      revision: after.revision + 1,
      schemaVersion: schemaVersionOf(aggregate, type),
      stream,
      ...(traceparent === null ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
      type,
    });
    sealed.push(next);
    after = {
      state: aggregate.evolve(after.state, transition),
      revision: after.revision + 1,
      headId: id,
      headHash: next.hash,
      createdAt: after.createdAt ?? recordedAt,
      traceparent,
      firstTraceparent: after.firstTraceparent ?? traceparent,
    };
  }
  return { transitions: sealed, current: after };
}
