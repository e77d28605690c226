import { z } from 'zod';

const text = z.string();
const count = z.number().int().nonnegative();
const uuid = z.guid();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });
/** Acts of one group count from 1: what is undone is named by it. */
const act = z.number().int().min(1);

/** What the group is of, so that its stream says by itself what it is about. */
const opened = z.object({
  class: text,
  /** Of a group that was split off: what the messages of its failures contain as they were written. */
  containing: text.nullable(),
  fingerprintVersion: count,
  frames: z.array(text),
  /** `null` where no handler ran. */
  handler: text.nullable(),
  /** As the fingerprint has it. */
  message: text,
  /** The group that it was split off from. */
  splitFrom: uuid.nullable(),
});

const risk = z.enum(['none', 'low', 'high']);

const step = z.object({ command: text.nullable(), risk, what: text });

/** Where what is said comes from: checked by code to be there. */
const citation = z.object({
  /** Whole lines of a stack, or a part of a message. */
  quote: text,
  /** Of the event's history; `null` where the quote is from the stack. */
  revision: count.nullable(),
  source: z.enum(['transition', 'frame']),
});

const explained = z.object({
  confidence: z.enum(['low', 'medium', 'high']),
  cost: z.object({ calls: count, inputTokens: count, outputTokens: count }),
  /** The failed attempt that was looked at. */
  eventId: uuid,
  eventRevision: count,
  /** Who was asked before and did not answer, and why. */
  fallbacks: z.array(z.object({ provider: text, why: text })),
  handlerVersion: text.nullable(),
  model: text.nullable(),
  probableCause: text,
  promptHash: text,
  promptVersion: count,
  provider: text,
  /** How much was replaced before anything was sent, by kind. */
  redactions: z.record(text, count),
  /** The act that asked for it; `null` where it was explained unasked. */
  request: act.nullable(),
  restsOn: z.array(citation),
  steps: z.array(step),
  summary: text,
});

/**
 * What can be recorded about a group of failures, by its wire name: names and shapes are permanent. Fields stand in
 * alphabetical order, so that what has been checked is canonical JSON as it stands.
 */
export const transitionSchemas = {
  FailureGroupOpened: opened,
  /** `handlerVersion`: failures of versions that the group was seen with before are no return of it. */
  FailureGroupResolved: z.object({ act, handlerVersion: text.nullable(), note: text, requestedBy: text }),
  /** Its failures are shown in, and count for, the group `into`. */
  FailureGroupMerged: z.object({ act, into: uuid, reason: text, requestedBy: text }),
  /** From now on its failures whose message contains the text are a group of their own. */
  FailureGroupSplit: z.object({ act, containing: text, reason: text, requestedBy: text, splitOff: uuid }),
  FailureGroupActUndone: z.object({ act, reason: text, requestedBy: text, undone: act }),
  /** For one of its events. */
  ExplanationRequested: z.object({ act, eventId: uuid, requestedAt: timestamp, requestedBy: text }),
  FailureExplained: explained,
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type FailureGroupTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];

export type Explanation = TransitionData<'FailureExplained'>;
