/** One line of the checklist. */
export interface Finding {
  readonly check: string;
  /** `skipped`: it could not be looked at, or does not concern this system. */
  readonly state: 'ok' | 'warning' | 'wrong' | 'skipped';
  readonly found: string;
  /** What to do about it; `null` where there is nothing to do. */
  readonly advice: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, advice: null });
export const skipped = (check: string, found: string): Finding => ({ check, state: 'skipped', found, advice: null });
export const wrong = (check: string, found: string, advice: string): Finding => ({
  ...{ check, state: 'wrong', found, advice },
});
export const warning = (check: string, found: string, advice: string): Finding => ({
  ...{ check, state: 'warning', found, advice },
});

/** Between clocks. Tokens and leases bear that much; beyond it they are late or early. */
const MOST_APART_MS = 2_000;

/**
 * The difference between this machine's clock and another one, of which it is known when it was asked and when it answered.
 * @param resolutionMs how exactly the other one says its time.
 */
export function clocksApart(
  check: string,
  theirs: number,
  {
    askedAt,
    answeredAt,
    resolutionMs,
  }: { readonly askedAt: number; readonly answeredAt: number; readonly resolutionMs: number },
): Finding {
  const offMs = theirs < askedAt - resolutionMs ? theirs + resolutionMs - askedAt : Math.max(0, theirs - answeredAt);
  if (Math.abs(offMs) <= MOST_APART_MS) return ok(check, 'the clocks agree');
  const ahead = offMs > 0 ? 'ahead of' : 'behind';
  return wrong(
    check,
    `that clock is at least ${(Math.abs(offMs) / 1_000).toFixed(1)} s ${ahead} this one`,
    'have both machines set their clocks by NTP (timedatectl set-ntp true): tokens, retries and leases go by them',
  );
}

const GIB = 1024 ** 3;

/** Of the disk with the data folder. */
export function roomLeft(free: number, folder: string): Finding {
  const found = `${(free / GIB).toFixed(1)} GiB are free in ${folder}`;
  const advice = 'make room, or move the data folder to a larger disk (DATA_DIR): a full disk takes no more events';
  if (free < GIB / 4) return wrong('disk', found, advice);
  return free < 2 * GIB ? warning('disk', found, advice) : ok('disk', found);
}
