import { failureGroupAggregate } from '../../domain/failure-group/aggregate.ts';
import type { Explanation } from '../../domain/failure-group/transitions.ts';
import { decodeTransition } from '../decode-transition.ts';
import { isAsWritten } from '../envelope.ts';
import { decodeEventTransition } from '../event-history.ts';
import { EVENT_STREAM_PREFIX, eventIdOfStream, streamOf } from '../event-identity.ts';
import { FAILURE_GROUP_STREAM_PREFIX, groupIdOfStream } from '../failure-groups/identity.ts';
import { CheckpointRefused, HistoryBroken, UndecodableTransition } from '../failures.ts';
import { handleCommand } from '../handle-command.ts';
import { load } from '../load.ts';
import type { CheckpointStore } from '../ports/checkpoint-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Checkpoint, EventLog, RecordedTransition } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import { readHistory } from '../read-history.ts';
import type { Subscriber } from '../run-subscription.ts';
import type { AnsweredExplanation, AskInTurn } from './ask-in-turn.ts';
import { describeRequest } from './describe-request.ts';
import { createFindGroup } from './find-group.ts';

export const EXPLAINER = 'explainer';
export const explainedPrefixes = [EVENT_STREAM_PREFIX, FAILURE_GROUP_STREAM_PREFIX] as const;

export interface ExplainerOptions {
  readonly log: Pick<EventLog, 'append' | 'readStream' | 'session' | 'verifyCheckpoint'>;
  readonly checkpoints: CheckpointStore;
  readonly ask: AskInTurn;
  /** `dead`: the first dead letter of a group; `failed`: its first failed attempt. */
  readonly explains: 'dead' | 'failed';
  readonly showsPayload: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly process: string;
  readonly stopping: AbortSignal;
}

export interface Explainer extends Subscriber {
  /** Stores the checkpoint, if it has moved. Apart from the work, most of which passes over what has not failed. */
  save(): Promise<void>;
}

interface FailedAttempt {
  readonly eventId: string;
  readonly revision: number;
  readonly data: ReturnType<typeof decodeFailed>;
}

/**
 * Follows the log and has each group's first dead letter explained, once for each version of its handler, and what is asked for by
 * hand. That it was done is in the group's stream, so that neither a restart nor a lost checkpoint pays for it again.
 */
export function createExplainer(options: ExplainerOptions): Explainer {
  const { log, checkpoints, ask, explains, showsPayload, clock, random, logger, process, stopping } = options;
  const find = createFindGroup(log);
  /** The failed attempt that a dead letter follows from is recorded right before it. */
  const lastFailed = new Map<string, RecordedTransition>();
  /** What was answered and is not in the log yet, so that an outage of the log does not ask a second time. */
  const answered = new Map<string, Explanation>();
  let reached: Checkpoint | null = null;
  let saved: Checkpoint | null = null;

  async function explain(attempt: FailedAttempt, request: number | null, to?: string): Promise<void> {
    const { handler, handlerVersion = null, failure, attempt: attempts } = attempt.data;
    const group = await find(handler, failure);
    // Whoever asked did so in a group; the failure may have moved to another one since.
    const target = to ?? group.id;
    if (request === null && group.current.state?.explained.includes(handlerVersion)) return;
    const key = JSON.stringify([target, handlerVersion, request]);
    const explanation =
      answered.get(key) ?? (await explanationOf(attempt, { handler, failure, attempts, handlerVersion, request }));
    answered.set(key, explanation);
    await handleCommand(
      failureGroupAggregate,
      { log, clock, random },
      {
        id: target,
        command: { kind: 'ExplainFailure', of: group.of, explanation },
        context: { actor: { kind: 'process', process } },
        known: target === group.id ? group.current : undefined,
      },
    );
    answered.delete(key);
    find.changed(`${FAILURE_GROUP_STREAM_PREFIX}${target}`);
  }

  async function explanationOf(
    { eventId, revision }: FailedAttempt,
    failed: Pick<FailedAttempt['data'], 'handler' | 'failure'> & {
      readonly attempts: number;
      readonly handlerVersion: string | null;
      readonly request: number | null;
    },
  ): Promise<Explanation> {
    const history = await readHistory(log, streamOf(eventId));
    const upTo = history.filter((recorded) => Number(recorded.revision) <= revision + 1);
    const described = describeRequest(upTo, failed, { showsPayload });
    const answer = await ask(described.request, stopping);
    return {
      ...mutable(answer),
      ...{ eventId, eventRevision: revision, handlerVersion: failed.handlerVersion, request: failed.request },
      redactions: described.redactions,
    };
  }

  async function onEvent(recorded: RecordedTransition): Promise<void> {
    if (recorded.type === 'ProcessingFailed' && explains === 'dead') lastFailed.set(recorded.stream, recorded);
    const isWanted = recorded.type === (explains === 'dead' ? 'EventDeadLettered' : 'ProcessingFailed');
    if (!isWanted) return;
    const failed = recorded.type === 'ProcessingFailed' ? recorded : await failedBefore(recorded);
    lastFailed.delete(recorded.stream);
    if (failed !== null) await explain(attemptOf(failed), null);
  }

  async function failedBefore({ stream, revision }: RecordedTransition): Promise<RecordedTransition | null> {
    const before = lastFailed.get(stream);
    if (before !== undefined && before.revision === revision - 1n) return before;
    return (await readHistory(log, stream)).find((each) => each.revision === revision - 1n) ?? null;
  }

  async function onGroup(recorded: RecordedTransition): Promise<void> {
    find.changed(recorded.stream);
    if (recorded.type !== 'ExplanationRequested') return;
    const requested = decodeTransition(failureGroupAggregate, recorded);
    if (requested.type !== 'ExplanationRequested') return;
    const { act, eventId } = requested.data;
    const id = groupIdOfStream(recorded.stream);
    // Read again, as after a restart, a request may have its answer already: no model is to be paid for another one.
    const { state } = await load(failureGroupAggregate, log, id);
    if (!state?.requests.some((open) => open.act === act)) return;
    const history = await readHistory(log, streamOf(eventId));
    const failed = history.findLast(({ type }) => type === 'ProcessingFailed');
    if (failed !== undefined) await explain(attemptOf(failed), act, id);
  }

  async function handleOne(recorded: RecordedTransition): Promise<void> {
    try {
      const isOfGroup = recorded.stream.startsWith(FAILURE_GROUP_STREAM_PREFIX);
      await (isOfGroup ? onGroup(recorded) : onEvent(recorded));
    } catch (error) {
      if (!(error instanceof HistoryBroken || error instanceof UndecodableTransition)) throw error;
      logger.warn({ err: error, stream: recorded.stream }, 'a failure cannot be explained: its history cannot be read');
    }
  }

  return {
    name: EXPLAINER,
    async load() {
      const stored = await checkpoints.load(EXPLAINER);
      if (stored === null) return null;
      try {
        await log.verifyCheckpoint(stored);
        return stored;
      } catch (error) {
        if (!(error instanceof CheckpointRefused)) throw error;
        logger.warn(
          { err: error },
          'the stored checkpoint of the explainer is not of this log; it starts from the beginning',
        );
        return null;
      }
    },
    async handle(transitions: readonly RecordedTransition[], checkpoint: Checkpoint) {
      for (const recorded of transitions) {
        stopping.throwIfAborted();
        await handleOne(recorded);
      }
      lastFailed.clear();
      reached = checkpoint;
    },
    async save() {
      const now = reached;
      if (now === null || now === saved) return;
      await checkpoints.save(EXPLAINER, now);
      saved = now;
    },
  };
}

/** As a transition holds it. */
const mutable = ({ steps, restsOn, fallbacks, ...rest }: AnsweredExplanation) => ({
  ...rest,
  ...{ steps: [...steps], restsOn: [...restsOn], fallbacks: [...fallbacks] },
});

/** @throws {HistoryBroken} @throws {UndecodableTransition} */
function attemptOf(recorded: RecordedTransition): FailedAttempt {
  if (!isAsWritten(recorded)) throw new HistoryBroken(recorded.stream);
  return {
    eventId: eventIdOfStream(recorded.stream),
    revision: Number(recorded.revision),
    data: decodeFailed(recorded),
  };
}

function decodeFailed(recorded: RecordedTransition) {
  const transition = decodeEventTransition(recorded);
  if (transition.type !== 'ProcessingFailed') throw new UndecodableTransition(`${recorded.stream}: no failed attempt`);
  return transition.data;
}
