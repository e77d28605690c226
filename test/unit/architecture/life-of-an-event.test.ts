import { describe, expect, it } from 'vitest';
import { evolve, fold, IllegalTransition } from '../../../src/domain/event/state.ts';
import { type EventStatus, eventStatuses } from '../../../src/domain/event/status.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { everyTransition, histories } from '../../support/domain/transitions.ts';
import { textOf } from '../../support/project-files.ts';

const page = textOf('docs/architecture.md').split('\n## The life of an event\n')[1] ?? '';
const diagram = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

/** `PROCESSING --> FAILED: ProcessingFailed, RetryScheduled` */
const drawn = diagram
  .split('\n')
  .slice(1)
  .map((line) => line.trim())
  .filter((line) => line !== '');

/** `null` where the transition cannot follow. */
const statusAfter = (history: readonly Transition[], transition: Transition): EventStatus | null => {
  try {
    return evolve(fold(history), transition).status;
  } catch (error) {
    if (error instanceof IllegalTransition) return null;
    throw error;
  }
};

/** Every way from one status to the next. A failure is recorded together with what follows from it. */
function possible(): Set<string> {
  const ways = new Set<string>();
  for (const history of Object.values(histories)) {
    const from = fold(history)?.status ?? '[*]';
    for (const transition of everyTransition(history)) {
      const to = statusAfter(history, transition);
      if (to === null) continue;
      if (transition.type !== 'ProcessingFailed') ways.add(`${from} --> ${to}: ${transition.type}`);
      else
        for (const next of everyTransition([...history, transition])) {
          const end = statusAfter([...history, transition], next);
          if (end !== null) ways.add(`${from} --> ${end}: ${transition.type}, ${next.type}`);
        }
    }
  }
  return ways;
}

describe('the diagram of an event’s life', () => {
  it('shows every way from one status to another, and no other', () => {
    expect([...drawn].sort()).toEqual([...possible()].sort());
  });

  it('shows every status', () => {
    for (const status of eventStatuses) expect(diagram).toContain(status);
  });
});
