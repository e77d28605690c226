import { deriveUuid } from '../event-identity.ts';

/** What is compared of a failure: without numbers, ids and hosts, as fingerprints have it. */
export interface FailureText {
  readonly class: string;
  readonly message: string;
}

export const textIdOf = ({ class: name, message }: FailureText) => deriveUuid('failure-text', name, message);

/** The one text that is embedded. */
export const wholeTextOf = ({ class: name, message }: FailureText) => `${name}: ${message}`;
