/** A transition as the history has it; what is in its data depends on its type. */
export type Transition = {
  readonly id: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly data?: unknown;
  readonly actor?: unknown;
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
  EventDeadLettered: 'Dead letter',
  ReplayRequested: 'Replay requested',
  EventDiscarded: 'Discarded',
};

/** What happened, as one reads it. */
export function sentenceOf({ type, data, actor }: Pick<Transition, 'type' | 'data' | 'actor'>): {
  readonly title: string;
  readonly detail: string;
} {
  // What an object has by itself, as constructor, is no title.
  const title = (Object.hasOwn(titles, type) ? titles[type] : undefined) ?? type;
  if (typeof data !== 'object' || data === null) return { title, detail: '' };
  const { failure, reason, attempt, dueAt, correctionOf, correctedBy } = data as Readonly<Record<string, unknown>>;
  const parts = [
    typeof attempt === 'number' ? `attempt ${attempt}` : '',
    actorIn(actor),
    typeof dueAt === 'string' ? `due at ${dueAt}` : '',
    typeof reason === 'string' ? reason : '',
    typeof correctionOf === 'string' ? `in the place of ${correctionOf}` : '',
    typeof correctedBy === 'string' ? `corrected by ${correctedBy}` : '',
    failureIn(failure),
  ];
  return { title, detail: parts.filter((part) => part !== '').join(' · ') };
}

function actorIn(actor: unknown): string {
  if (typeof actor !== 'object' || actor === null) return '';
  const { subject, process } = actor as Readonly<Record<string, unknown>>;
  const who = subject ?? process;
  return typeof who === 'string' ? `by ${who}` : '';
}

function failureIn(failure: unknown): string {
  if (typeof failure !== 'object' || failure === null) return '';
  const { class: name, message } = failure as Readonly<Record<string, unknown>>;
  return [name, message].filter((part) => typeof part === 'string').join(': ');
}
