import { z } from 'zod';

const text = z.string();
const count = z.int().nonnegative();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });

export const planActions = ['replay', 'discard'] as const;

/** What an operator asks for, and why. */
const asked = { reason: text, requestedAt: timestamp, requestedBy: text };

const counted = z.object({ events: count, name: text });

const counts = z.object({
  /** By how long they have been dead letters. */
  byAge: z.array(counted),
  /** The largest ones; `null` for all others, and for those that no group counts yet. */
  byGroup: z.array(z.object({ events: count, id: text.nullable(), title: text })),
  /** By how often they were replayed before. */
  byReplays: z.array(counted),
  byType: z.array(counted),
});

/** An event as it was when the set was frozen. */
const member = z.object({ eventId: text, generation: count, revision: count });

const rule = z.object({ atLeast: z.int().min(1), share: z.number().min(0).max(1) });

/**
 * Every fact that can be recorded about a replay plan, by its wire name: names and shapes are permanent. Fields stand in
 * alphabetical order, so that what has been checked is canonical JSON as it stands.
 */
export const transitionSchemas = {
  ReplayPlanRequested: z.object({
    action: z.enum(planActions),
    /** Dead letters that were asked for and that the handlers of their types forbid. */
    blocked: z.array(z.object({ events: count, type: text, why: z.enum(['manual', 'never']) })),
    counts,
    /** `null` where ids were given. */
    filter: z.record(text, z.union([text, z.number()])).nullable(),
    /** Ids that were given and are no dead letters. */
    missing: z.array(text),
    ...asked,
    /** Some of the members. */
    sample: z.array(text),
    /** SHA-256 over the members, in hex: see `setHashOf`. */
    setHash: text,
    size: count,
  }),
  /** Members from number `first` on; a plan's numbers begin with 0. */
  ReplayPlanMembersAdded: z.object({ first: count, members: z.array(member) }),
  /** All members are there. */
  ReplayPlanFrozen: z.object({ frozenAt: timestamp }),
  ReplayPlanStarted: z.object({
    canary: z.object({ events: count, mayFail: count }),
    ratePerSecond: z.int().min(1),
    requestedAt: timestamp,
    requestedBy: text,
    stopWhenFailed: rule,
  }),
  /** Members that were left alone, because they are no longer what they were, or may not be replayed any more. */
  ReplayPlanMembersSkipped: z.object({
    members: z.array(z.object({ eventId: text, why: text })),
    skippedAt: timestamp,
  }),
  ReplayPlanPaused: z.object(asked),
  ReplayPlanResumed: z.object(asked),
  ReplayPlanAborted: z.object(asked),
  /** By itself: too many of its members became dead letters again. `failed` are some of them. */
  ReplayPlanStopped: z.object({
    by: z.enum(['canary', 'threshold']),
    failed: z.array(z.object({ error: text.nullable(), eventId: text })),
    failures: count,
    settled: count,
    stoppedAt: timestamp,
  }),
  /** Every member was skipped or has come to an end. */
  ReplayPlanCompleted: z.object({ completedAt: timestamp, dead: count, done: count, skipped: count }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type ReplayPlanTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];

export type PlanAction = (typeof planActions)[number];
export type PlanCounts = z.infer<typeof counts>;
export type PlanMember = z.infer<typeof member>;
