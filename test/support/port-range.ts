/** Below the range from which the system takes ports for outgoing connections, so that a port stays free over a restart. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const PROCESSES = 16;

/**
 * The ports that are for this process's tests alone, inclusive: what one test has killed, and is about to start again,
 * must not find its port taken by what another test starts beside it.
 * @param half `lower` for processes of EventOps, `upper` for servers.
 */
export function portRange(half: 'lower' | 'upper'): readonly [lowest: number, highest: number] {
  const count = Math.floor((HIGHEST - LOWEST + 1) / PROCESSES / 2);
  // Vitest numbers its processes from 1; what runs without it is number 0.
  const place = (Number(process.env['VITEST_POOL_ID'] ?? 0) % PROCESSES) * 2 + (half === 'lower' ? 0 : 1);
  const lowest = LOWEST + place * count;
  return [lowest, lowest + count - 1];
}
