import { transitionSchemas } from '../../domain/event/transitions.ts';
import { failure } from '../describe-failure.ts';
import type { HandlerEnd } from '../handler-runner.ts';
import { smallResult } from '../small-result.ts';

const failureSchema = transitionSchemas.ProcessingFailed.shape.failure;

/** What a cell says of a run's end, as far as it can be recorded: handlers share the cell with what speaks for it. */
export function checkedEnd(end: HandlerEnd): HandlerEnd {
  if (end?.kind === 'succeeded') {
    const { result, problem } = smallResult(end.result);
    return { kind: 'succeeded', result, problem: problem ?? (typeof end.problem === 'string' ? end.problem : null) };
  }
  const checked = failureSchema.safeParse(end?.kind === 'failed' ? end.failure : null);
  if (checked.success) return { kind: 'failed', failure: checked.data };
  return { kind: 'failed', failure: failure('HandlerCrashed', 'The process of handlers answered nonsense', true) };
}
