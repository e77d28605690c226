/** A transition as the history has it; what is in its data depends on its type. */
export type Transition = {
  readonly id: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly data?: unknown;
};

/** What a broken history has may be anything. */
export const readable = (items: readonly object[]): readonly Transition[] =>
  items.filter((item): item is Transition => 'id' in item && 'recordedAt' in item && 'type' in item);

const titles: Readonly<Record<string, string>> = {
  EventReceived: 'Received',
  ProcessingStarted: 'Processing started',
  ProcessingSucceeded: 'Processed',
  ProcessingFailed: 'Failed',
  ProcessingInterrupted: 'Interrupted',
  RetryScheduled: 'Retry scheduled',
  EventDeadLettered: 'Dead letter: no retry is left',
  ReplayRequested: 'Replay requested',
  EventDiscarded: 'Discarded',
};

/** What happened, as one reads it. */
export function sentenceOf({ type, data }: Pick<Transition, 'type' | 'data'>): {
  readonly title: string;
  readonly detail: string;
} {
  const title = titles[type] ?? type;
  if (typeof data !== 'object' || data === null) return { title, detail: '' };
  const { error, reason, attempt, requestedBy, discardedBy, dueAt, worker } = data as Readonly<Record<string, unknown>>;
  const parts = [
    typeof attempt === 'number' ? `attempt ${attempt}` : '',
    typeof worker === 'string' ? `by ${worker}` : '',
    typeof requestedBy === 'string' ? `by ${requestedBy}` : '',
    typeof discardedBy === 'string' ? `by ${discardedBy}` : '',
    typeof dueAt === 'string' ? `due at ${dueAt}` : '',
    typeof reason === 'string' ? reason : '',
    errorIn(error),
  ];
  return { title, detail: parts.filter((part) => part !== '').join(' · ') };
}

function errorIn(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { class: name, message } = error as Readonly<Record<string, unknown>>;
  return [name, message].filter((part) => typeof part === 'string').join(': ');
}
