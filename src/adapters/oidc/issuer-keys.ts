import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { createBackoff } from '../../application/backoff.ts';
import { IssuerUnavailable } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { OutboundHttp } from '../../application/ports/outbound-http.ts';
import { createRepeatingReport, kindOf } from '../../application/repeating-report.ts';
import { discover, IssuerMisread, readJson } from './discover.ts';

export const issuerKeysLimits = {
  /** How long a key that the issuer has withdrawn may go on being used. */
  refreshEveryMs: 300_000,
  /** Between two requests for the keys, however many tokens name one that is unknown. */
  refreshAtMostEveryMs: 1_000,
  /** After a failure; each further one doubles it, up to the longest. */
  firstPauseMs: 1_000,
  longestPauseMs: 30_000,
} as const;
export type IssuerKeysLimits = { readonly [Limit in keyof typeof issuerKeysLimits]: number };

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly http: Pick<OutboundHttp, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The keys are not those of before. */
  readonly onChange: () => void;
  readonly limits?: Partial<IssuerKeysLimits> | undefined;
}

export interface IssuerKeys {
  /**
   * The key that a token's header names. For one that is unknown the issuer is asked, so that a rotated key is used at
   * once. @throws {IssuerUnavailable} when it cannot be asked. @throws jose's errors when there is no such key.
   */
  readonly keyOf: JWTVerifyGetKey;
  /** Why no token can be verified, in words for an operator; `null` once keys are known. */
  unhealthyReason(): string | null;
  stop(): Promise<void>;
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/**
 * The keys of an OIDC issuer, read again every few minutes. Known keys stay while the issuer is unavailable: its absence costs
 * those with a known key nothing.
 */
export function followIssuerKeys({ issuer, http, clock, logger, onChange, limits }: IssuerKeysOptions): IssuerKeys {
  const { refreshEveryMs, refreshAtMostEveryMs, firstPauseMs, longestPauseMs } = { ...issuerKeysLimits, ...limits };
  const stopping = new AbortController();
  const { signal } = stopping;
  const report = createRepeatingReport({ logger, clock });
  const backoff = createBackoff({ firstMs: firstPauseMs, longestMs: longestPauseMs });
  let known: { readonly text: string; readonly keyOf: JWTVerifyGetKey } | null = null;
  let failure: Error | null = null;
  /** A reading that has not begun; whoever comes meanwhile shares it. */
  let next: Promise<void> | null = null;
  let latest = Promise.resolve();
  let lastAt = Number.NEGATIVE_INFINITY;

  async function read(): Promise<void> {
    const found = keySet.safeParse(await readJson(http, await discover(http, issuer)));
    if (!found.success) throw new IssuerMisread(`${issuer} publishes no JSON Web Key Set with keys in it`);
    const text = JSON.stringify(found.data);
    if (known?.text === text) return;
    const isFirst = known === null;
    known = { text, keyOf: createLocalJWKSet(found.data) };
    onChange();
    logger.info(
      { issuer, keys: found.data.keys.length },
      isFirst ? "the issuer's keys are known" : 'the issuer has changed its keys',
    );
  }

  async function pause(): Promise<void> {
    const sinceMs = clock.now() - lastAt;
    // A clock that was set back has passed any time.
    if (sinceMs >= 0 && sinceMs < refreshAtMostEveryMs) await clock.sleep(refreshAtMostEveryMs - sinceMs, signal);
    lastAt = clock.now();
  }

  async function readOnce(): Promise<void> {
    try {
      await read();
      failure = null;
      backoff.reset();
      report.wentWell('issuer');
    } catch (error) {
      failure = error as Error;
      report.occurred({
        about: 'issuer',
        kind: kindOf(error),
        level: 'warn',
        fields: { issuer, reason: failure.message, keysAreKnown: known !== null },
        message:
          known === null
            ? 'waits for the issuer of tokens'
            : "the issuer's keys cannot be read again; those that are known stay",
      });
    }
  }

  /** Resolves after a reading that began after the call, successful or not. */
  function refresh(): Promise<void> {
    if (next !== null) return next;
    next = latest.then(pause).then(() => {
      next = null;
      return readOnce();
    });
    latest = next;
    return next;
  }

  async function keepReading(): Promise<void> {
    while (!signal.aborted) {
      await refresh();
      await clock.sleep(failure === null ? refreshEveryMs : backoff.next(), signal);
    }
  }

  const reading = keepReading();
  return {
    async keyOf(header, token) {
      try {
        if (known !== null) return await known.keyOf(header, token);
      } catch (error) {
        // A key set of the old keys knows nothing of a new one; of what else is wrong with the token it knows enough.
        if ((error as { readonly code?: unknown }).code !== 'ERR_JWKS_NO_MATCHING_KEY') throw error;
      }
      await refresh();
      if (failure !== null || known === null)
        throw new IssuerUnavailable(`${issuer} cannot be asked for its keys: ${failure?.message ?? 'not read yet'}`);
      return known.keyOf(header, token);
    },
    unhealthyReason: () =>
      known === null ? (failure?.message ?? `the keys of ${issuer} have not been read yet`) : null,
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}
