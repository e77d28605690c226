import { randomUUID } from 'node:crypto';
import { createAskInTurn } from '../../../src/application/explaining/ask-in-turn.ts';
import {
  createExplainer,
  type ExplainerOptions,
  explainedPrefixes,
} from '../../../src/application/explaining/explainer.ts';
import type { CallBudget } from '../../../src/application/ports/call-budget.ts';
import type { CheckpointStore } from '../../../src/application/ports/checkpoint-store.ts';
import type { MonotonicClock } from '../../../src/application/ports/clock.ts';
import type { Checkpoint, EventLog } from '../../../src/application/ports/event-log.ts';
import type { LlmAnswer, LlmClient, Prompt } from '../../../src/application/ports/llm-client.ts';
import type { Explanation } from '../../../src/domain/failure-group/transitions.ts';
import { manualClock } from '../api/manual-clock.ts';
import { silentLogger } from '../worker/silent-logger.ts';

export const random = { uuid: randomUUID, fraction: () => 0 };

export function budgetInMemory(): CallBudget & { readonly taken: () => number } {
  const calls = new Map<string, number>();
  return {
    take: async (day, most) => {
      const made = calls.get(day) ?? 0;
      if (made < most) calls.set(day, made + 1);
      return made < most;
    },
    taken: () => [...calls.values()].reduce((sum, each) => sum + each, 0),
  };
}

export function checkpointsInMemory(): CheckpointStore {
  const kept = new Map<string, Checkpoint>();
  return {
    load: async (subscriber) => kept.get(subscriber) ?? null,
    save: async (subscriber, checkpoint) => void kept.set(subscriber, checkpoint),
  };
}

export const soundAnswer = {
  summary: 'The order has no lines.',
  probableCause: 'It was sent without lines.',
  confidence: 'medium',
  steps: [{ what: 'Look at the order', command: null, risk: 'none' }],
  restsOn: [{ source: 'transition', revision: 2, quote: 'order has no lines' }],
};

/** A model that answers as it is told, and counts how often it is asked. */
export function modelInMemory(
  answer: (prompt: Prompt, signal: AbortSignal) => Promise<Partial<LlmAnswer>> | Partial<LlmAnswer> = () => ({
    proposed: soundAnswer,
  }),
  provider = 'openai',
): LlmClient & { readonly prompts: readonly Prompt[] } {
  const prompts: Prompt[] = [];
  return {
    ...{ provider, model: `${provider}-model`, prompts },
    async explain(prompt, signal) {
      prompts.push(prompt);
      return { proposed: null, inputTokens: 10, outputTokens: 5, ...(await answer(prompt, signal)) };
    },
  };
}

interface Given extends Partial<ExplainerOptions> {
  readonly clients?: readonly LlmClient[];
  readonly clock?: MonotonicClock;
  readonly budget?: CallBudget;
  readonly callsPerDay?: number;
}

export function explainerOf(
  log: EventLog,
  { clients = [], budget = budgetInMemory(), callsPerDay = 200, ...given }: Given = {},
) {
  const { clock = manualClock(), logger = silentLogger } = given;
  return createExplainer({
    ...{ log, clock, random, logger, checkpoints: checkpointsInMemory(), process: 'explainer-1' },
    ...{ explains: 'dead', showsPayload: false, stopping: new AbortController().signal },
    ask: createAskInTurn({ clients, budget, clock, random, logger, limits: { callsPerDay } }),
    ...given,
  });
}

/** Follows the log to its end, as a service would, and stores the checkpoint. */
export async function explainAll(log: EventLog, given: Given = {}): Promise<void> {
  const explainer = explainerOf(log, given);
  const stopping = new AbortController();
  const from = await explainer.load();
  for await (const message of log.subscribeAll(from, { streamPrefixes: explainedPrefixes, signal: stopping.signal })) {
    if (message.kind === 'caught-up') break;
    await explainer.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
  }
  stopping.abort();
  await explainer.save();
}

export const explanationsIn = (
  all: readonly { readonly type: string; readonly data: string }[],
): readonly Explanation[] => all.filter(({ type }) => type === 'FailureExplained').map(({ data }) => JSON.parse(data));
