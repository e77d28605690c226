import type { z } from 'zod';

/** A fact about one thing, by its wire name. */
export interface AnyTransition {
  readonly type: string;
  readonly data: unknown;
}

export interface AnyCommand {
  readonly kind: string;
  /** RFC 3339. When the command is given: what follows from it is recorded as of then. The time of the decision by default. */
  readonly now?: string;
}

export type Decision<Transition, Rejection> =
  /** No transitions when what was asked for is already so. */
  | { readonly ok: true; readonly transitions: readonly Transition[] }
  | { readonly ok: false; readonly rejection: Rejection };

/** Lifts data of one schema version to the next. */
type Upcast = (data: unknown) => unknown;

/** One kind of thing with a history: what it can be asked to do, and which facts follow. Pure: no I/O, clock or random numbers. */
export interface Aggregate<State, Command extends AnyCommand, Transition extends AnyTransition, Rejection> {
  /** As people say it: `event`. */
  readonly name: string;
  /** The name of a stream is this and an id. No prefix begins with another. */
  readonly streamPrefix: string;
  /** The data that is written now, with its fields in alphabetical order, so that what was checked is canonical JSON. */
  readonly schemas: { readonly [Type in Transition['type']]: z.ZodType };
  /**
   * For each older version of a type's data, the step to the next: the first is from version 1 to version 2. So what is written
   * has one version more than there are steps.
   */
  readonly upcasters: { readonly [Type in Transition['type']]?: readonly Upcast[] };
  /**
   * Acts: what a person or a machine does with a permission of operators or admins. Each is an access record, and its
   * envelope says from which address it was asked for.
   */
  readonly acts: readonly Transition['type'][];
  /** What follows from a command in a state; `null` is the state before the first transition. Every refusal is a value. */
  decide(state: State | null, command: Command): Decision<Transition, Rejection>;
  /** The state after one more transition. @throws when it cannot follow: only a damaged history does that. */
  evolve(state: State | null, transition: Transition): State;
}

export type AnyAggregate = Aggregate<unknown, AnyCommand, AnyTransition, unknown>;

export type TransitionOf<Of extends AnyAggregate> = Of extends AnyAggregate ? Parameters<Of['evolve']>[1] : never;
