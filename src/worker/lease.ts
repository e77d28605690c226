/**
 * A claim is believed for the handler's deadline and this much longer: time to append the claim and the outcome. Longer
 * means that a dead worker's events wait longer; shorter, that a slow append costs an attempt.
 */
export const LEASE_MARGIN_MS = 10_000;
