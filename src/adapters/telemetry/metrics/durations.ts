const SECOND_MS = 1_000;

/** Clocks of processes differ, and no duration is below zero. `null` where one of the two is no time. */
export function secondsBetween(from: string, to: string): number | null {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? Math.max(0, ms) / SECOND_MS : null;
}

/** How long ago a moment was by this process's clock. */
export function ageSeconds(moment: string, nowMs: number): number | null {
  const ms = nowMs - Date.parse(moment);
  return Number.isFinite(ms) ? Math.max(0, ms) / SECOND_MS : null;
}
