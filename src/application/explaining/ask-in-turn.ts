import type { CallBudget } from '../ports/call-budget.ts';
import { type MonotonicClock, timestamp } from '../ports/clock.ts';
import { type ExplanationRequest, type LlmClient, LlmFailed, type ProposedExplanation } from '../ports/llm-client.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import { createRepeatingReport, type Occurrence } from '../repeating-report.ts';
import { DeadlinePassed, within } from '../within.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { checkAnswer } from './check-answer.ts';
import { PROMPT_VERSION, promptFor, promptHash } from './prompt.ts';
import { explainByRules, RULES_MODEL } from './rules/explain-by-rules.ts';

export const askingLimits = {
  /** For one answer of one model. */
  deadlineMs: 10_000,
  /** Before a model is asked again: this and as much again, at random. */
  pauseMs: 100,
  callsPerDay: 200,
} as const;
export type AskingLimits = { readonly [Limit in keyof typeof askingLimits]: number };

/** An explanation, who gave it, and why others did not. */
export interface AnsweredExplanation extends ProposedExplanation {
  readonly provider: string;
  readonly model: string | null;
  readonly promptHash: string;
  readonly promptVersion: number;
  readonly fallbacks: readonly { readonly provider: string; readonly why: string }[];
  readonly cost: { readonly calls: number; readonly inputTokens: number; readonly outputTokens: number };
}

interface Dependencies {
  /** In the order in which they are asked. */
  readonly clients: readonly LlmClient[];
  readonly budget: CallBudget;
  readonly clock: MonotonicClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<AskingLimits>;
}

export type AskInTurn = (request: ExplanationRequest, stopping: AbortSignal) => Promise<AnsweredExplanation>;

/**
 * Asks one model after the other: each within a deadline, at most twice, and not at all while it keeps failing or the calls
 * of the day are used up. The rules come last, and always answer. What a model did wrong is in the answer of the next.
 * @throws {ReadDatabaseUnavailable} the budget cannot be asked; no call was made. @throws what `stopping` says when it aborts.
 */
export function createAskInTurn({ clients, budget, clock, random, logger, limits }: Dependencies): AskInTurn {
  const { deadlineMs, pauseMs, callsPerDay } = { ...askingLimits, ...limits };
  const report = createRepeatingReport({ logger, clock });
  const breakers = new Map<LlmClient, Breaker>(clients.map((client) => [client, createBreaker(clock)]));

  async function ask(client: LlmClient, request: ExplanationRequest, stopping: AbortSignal) {
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, stopping]);
    try {
      const answer = await within(clock, deadlineMs, client.explain(promptFor(request), signal), stopping);
      return { answer, checked: checkAnswer(answer.proposed, request) };
    } catch (error) {
      stopping.throwIfAborted();
      if (error instanceof DeadlinePassed)
        throw new LlmFailed(`no answer within ${deadlineMs} ms`, { retryable: false });
      throw error;
    } finally {
      ending.abort();
    }
  }

  return async (request, stopping) => {
    const fallbacks: { provider: string; why: string }[] = [];
    const cost = { calls: 0, inputTokens: 0, outputTokens: 0 };
    const asked = { promptHash: promptHash(promptFor(request)), promptVersion: PROMPT_VERSION };
    for (const client of clients) {
      const { provider, model } = client;
      const breaker = breakers.get(client) as Breaker;
      const notAsked = breaker.openReason();
      let why = notAsked ?? '';
      for (let tries = 1; tries <= 2 && notAsked === null; tries++) {
        stopping.throwIfAborted();
        if (!(await budget.take(timestamp(clock.now()).slice(0, 10), callsPerDay))) {
          why += `${why === '' ? '' : '; '}no call is left of the ${callsPerDay} of this day`;
          break;
        }
        cost.calls++;
        try {
          const { answer, checked } = await ask(client, request, stopping);
          cost.inputTokens += answer.inputTokens;
          cost.outputTokens += answer.outputTokens;
          if (checked.ok) {
            breaker.succeeded();
            report.wentWell(provider);
            return { ...checked.explanation, provider, model, ...asked, fallbacks, cost };
          }
          why = checked.why;
          // It answers; that it answers badly is no reason not to ask it about the next failure.
          breaker.succeeded();
          report.occurred(unanswered(client, why, null));
          break;
        } catch (error) {
          if (!(error instanceof LlmFailed)) throw error;
          why = error.message;
          breaker.failed();
          report.occurred(unanswered(client, why, error));
          if (!error.retryable || tries === 2 || breaker.openReason() !== null) break;
          await clock.sleep(pauseMs * (1 + random.fraction()), stopping);
        }
      }
      fallbacks.push({ provider, why });
    }
    return { ...explainByRules(request), provider: 'rules', model: RULES_MODEL, ...asked, fallbacks, cost };
  };
}

/** The rules answer then, so that without a line in the log no one would learn of a key or a model that is wrong. */
const unanswered = ({ provider }: LlmClient, why: string, failed: LlmFailed | null): Occurrence => ({
  about: provider,
  // What is wrong with an answer may name what is in it.
  kind: failed?.message ?? 'answer',
  level: 'warn',
  fields: { about: provider, reason: why, ...(failed?.cause === undefined ? {} : { err: failed.cause }) },
  message: 'a model does not explain failures; what comes after it is asked',
});
