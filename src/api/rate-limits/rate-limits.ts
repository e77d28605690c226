import type { Principal } from '../../application/ports/authenticator.ts';
import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { Problem } from '../problem-details.ts';
import { createQuota, type Quota, WINDOW_MS } from './quota.ts';

export interface RateLimitSettings {
  /** Of each principal in a minute; 0 for any number. */
  readonly requestsPerMinute: number;
  /** The same for replays and the like, and for each address of requests without a valid token. */
  readonly actsPerMinute: number;
}

/** What a request is counted as. */
export interface Verdict {
  readonly problem: Problem | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimits {
  readonly quotas: readonly Quota[];
  /** Counts the request, unless it is refused. */
  ofPrincipal(principal: Principal, isAct: boolean): Verdict;
  /** Counts a request without a valid token. Says nothing of what is left: that is for no stranger to know. */
  ofStranger(address: string): Problem | null;
}

export interface RateLimitsOptions {
  readonly settings: RateLimitSettings;
  /** Principals, and addresses, that are counted at one time. */
  readonly mostKeys: number;
  readonly clock: MonotonicClock;
  /** Called when a key was counted. */
  readonly counted: (quota: Quota, key: string) => void;
}

const SECONDS = WINDOW_MS / 1_000;
const unlimited: Verdict = { problem: null, headers: {} };

/** Which client, and for whom: people who use one client do not use up each other's requests. No name has a tab in it. */
const keyOf = ({ clientId, subject }: Principal) => `${clientId}\t${subject}`;

/** Requests are counted before they are served, each as one, whatever it asks for and however it ends. */
export function createRateLimits({ settings, mostKeys, clock, counted }: RateLimitsOptions): RateLimits {
  const { requestsPerMinute, actsPerMinute } = settings;
  const quotaOf = (name: string, most: number) => (most === 0 ? null : createQuota({ name, most, mostKeys, clock }));
  const requests = quotaOf('requests', requestsPerMinute);
  const acts = quotaOf('acts', actsPerMinute);
  const strangers = quotaOf('strangers', actsPerMinute);
  const present = (quotas: readonly (Quota | null)[]) => quotas.filter((quota) => quota !== null);
  const ofRequests = policiesOf(present([requests]));
  const ofActs = policiesOf(present([requests, acts]));

  function take(quota: Quota, key: string): void {
    quota.counts.add(key);
    counted(quota, key);
  }

  return {
    quotas: present([requests, acts, strangers]),
    ofPrincipal(principal, isAct) {
      const { quotas, policy } = isAct ? ofActs : ofRequests;
      if (quotas.length === 0) return unlimited;
      const key = keyOf(principal);
      const usedUp = quotas.filter((quota) => quota.isUsedUp(key));
      if (usedUp.length === 0) for (const quota of quotas) take(quota, key);
      const headers = { 'ratelimit-policy': policy, ratelimit: standingsOf(quotas, key) };
      return { problem: usedUp.length === 0 ? null : problemOf(usedUp, key), headers };
    },
    ofStranger(address) {
      if (strangers === null) return null;
      if (strangers.isUsedUp(address)) return problemOf([strangers], address);
      take(strangers, address);
      return null;
    },
  };
}

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-11 */
const policiesOf = (quotas: readonly Quota[]) => ({
  quotas,
  policy: quotas.map(({ name, most }) => `"${name}";q=${most};w=${SECONDS}`).join(', '),
});

const standingsOf = (quotas: readonly Quota[], key: string) =>
  quotas
    .map((quota) => {
      const { left, seconds } = quota.standingOf(key);
      return `"${quota.name}";r=${left};t=${seconds}`;
    })
    .join(', ');

const whose: Readonly<Record<string, string>> = {
  requests: 'requests of one client',
  acts: 'requests of this kind of one client',
  strangers: 'requests without a valid token from one address',
};

function problemOf(usedUp: readonly Quota[], key: string): Problem {
  const { name, most } = usedUp.at(-1) as Quota;
  return {
    code: 'quota-exceeded',
    detail: `At most ${most} ${whose[name]} are taken in a minute. Nothing was done; send it again after the pause.`,
    members: { 'violated-policies': usedUp.map((quota) => quota.name) },
    retryAfterSeconds: Math.max(...usedUp.map((quota) => quota.standingOf(key).seconds)),
  };
}
