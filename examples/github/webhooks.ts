import { createHash } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };

export interface Webhook {
  /** `github.` and GitHub's own name of the event. */
  readonly type: string;
  readonly payload: unknown;
  /** Differs for each body, and stays the same from run to run: half of the idempotency key. */
  readonly fingerprint: string;
}

/** GitHub's own example bodies, one event each. */
export const webhooks: readonly Webhook[] = (
  examples as unknown as readonly { readonly name: string; readonly examples: readonly unknown[] }[]
).flatMap(({ name, examples: bodies }) =>
  bodies.map((payload, index) => ({
    type: `github.${name}`,
    payload,
    fingerprint: `${name}-${index}-${createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 12)}`,
  })),
);
