import type {
  Checkpoint,
  LogPosition,
  RecordedTransition,
  Revision,
  SubscriptionMessage,
} from '../../application/ports/event-log.ts';

/** Flat, because cloning one array costs half of what cloning objects does. */
export type CarriedTransitions = readonly (string | number | bigint)[];

export type CarriedMessage =
  | { readonly kind: 'transitions'; readonly transitions: CarriedTransitions; readonly checkpoint: Checkpoint }
  | Extract<SubscriptionMessage, { readonly kind: 'checkpoint' | 'caught-up' }>
  /** There is no further one. */
  | { readonly kind: 'ended' };

const WIDTH = 9;

export function carriedTransitions(transitions: readonly RecordedTransition[]): CarriedTransitions {
  const flat: (string | number | bigint)[] = [];
  for (const { position, stream, revision, id, type, schemaVersion, recordedAt, data, metadata } of transitions)
    flat.push(position, stream, revision, id, type, schemaVersion, recordedAt, data, metadata);
  return flat;
}

export function transitionsOf(carried: CarriedTransitions): RecordedTransition[] {
  const transitions: RecordedTransition[] = [];
  for (let at = 0; at < carried.length; at += WIDTH)
    transitions.push({
      position: carried[at] as LogPosition,
      stream: carried[at + 1] as string,
      revision: carried[at + 2] as Revision,
      id: carried[at + 3] as string,
      type: carried[at + 4] as string,
      schemaVersion: carried[at + 5] as number,
      recordedAt: carried[at + 6] as string,
      data: carried[at + 7] as string,
      metadata: carried[at + 8] as string,
    });
  return transitions;
}

export const carriedMessage = (message: SubscriptionMessage): CarriedMessage =>
  message.kind === 'transitions' ? { ...message, transitions: carriedTransitions(message.transitions) } : message;

export const messageOf = (carried: Exclude<CarriedMessage, { readonly kind: 'ended' }>): SubscriptionMessage =>
  carried.kind === 'transitions' ? { ...carried, transitions: transitionsOf(carried.transitions) } : carried;
