import type { Failure, InterruptionCause } from './transitions.ts';

const messages: Readonly<Record<InterruptionCause, string>> = {
  'process-ended': 'the process of its handler ended while it ran several events; the attempt starts again',
  'worker-gone': 'its worker ended before it recorded an outcome; the attempt starts again',
  'lease-expired': 'its worker recorded no outcome before its lease ended; the attempt starts again',
  stopping: 'its worker was stopped; the attempt starts again',
};

/** What an interrupted event waits for, in the form of a failure. */
export const interruptionOf = (cause: InterruptionCause): Failure => ({
  class: 'Interrupted',
  message: messages[cause],
  stack: null,
  fingerprint: 'interrupted',
  retryable: true,
  retryAfterMs: null,
});
