import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { DueKind } from '../../application/ports/due-work.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { type HastenAllDependencies, hastenAll } from './hasten-all.ts';

export interface RecoverDependencies extends HastenAllDependencies {
  readonly bus: Pick<CommandBus, 'forgetsOnRestart'>;
  readonly earlierWorkersAreGone: boolean;
  /**
   * Resolves once the due work holds everything that was in the log when this process opened it. Before that, an event
   * could be missing from it, and nothing would come back for it until it is due.
   */
  readonly projectionCaughtUp: Promise<void>;
}

/**
 * Has the sweep take up at once, after the start, what the process before left: commands that died with its bus, and
 * attempts whose worker died with it. Complete, because each unfinished event of that time either has its row by now, or
 * (received since) is published by the dispatcher, or (waiting for a retry) becomes due.
 */
export async function recover(dependencies: RecoverDependencies, signal: AbortSignal): Promise<void> {
  const { bus, earlierWorkersAreGone, projectionCaughtUp } = dependencies;
  const kinds: DueKind[] = [];
  if (bus.forgetsOnRestart) kinds.push('command');
  if (earlierWorkersAreGone) kinds.push('lease');
  if (kinds.length === 0) return;
  await unlessAborted(projectionCaughtUp, signal);
  await hastenAll(dependencies, kinds, signal);
}
