import { framesOf } from './frames.ts';
import { normalised } from './normalise.ts';

/** Grows with every change of what is below: a fingerprint of another version is another group. */
export const FINGERPRINT_VERSION = 2;

/** More frames than these distinguish callers rather than failures. */
const FRAMES = 3;

/** What is looked at of a failure. */
export interface FailureSeen {
  readonly class: string;
  readonly message: string;
  readonly stack: string | null;
}

/** What failures of one group have in common, beside the handler. */
export interface Fingerprint {
  readonly version: number;
  readonly class: string;
  /** Without what differs from case to case: see {@link normalised}. */
  readonly message: string;
  /** The first frames of the user's own code, as function and file; empty where there are none. */
  readonly frames: readonly string[];
}

/**
 * What a failure is grouped by. Pure: the same failure has the same fingerprint in every process and every rebuild. When in
 * doubt it differs, because a wrong merge hides a new failure, and two groups of one cause only cost a look.
 */
export const fingerprintOf = ({ class: name, message, stack }: FailureSeen): Fingerprint => ({
  version: FINGERPRINT_VERSION,
  class: name,
  message: name === 'NoHandler' ? message : normalised(message, { keepsPaths: name === 'PayloadInvalid' }),
  frames: framesOf(stack).slice(0, FRAMES),
});

/** The fingerprint as one text, that equal ones have equally. */
export const textOf = ({ version, class: name, message, frames }: Fingerprint): string =>
  [`${version}`, name, message, ...frames.map((frame) => `at ${frame}`)].join('\n');

/** Why two failures of the group are one, in words. */
export function whyOneGroup(handler: string | null, { class: name, message, frames }: Fingerprint): string {
  const whose = handler === null ? 'No handler ran' : `The handler ${handler} failed`;
  const first = `${whose} with ${name}, and the message is “${message}” once numbers, ids, hosts, paths and quoted values are left out`;
  if (frames.length === 0) return `${first}. None of the frames is of your own code`;
  return `${first}. The first frames of your own code are ${frames.join(', ')}`;
}
