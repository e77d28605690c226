import type { Lease, Leases } from '../../../src/application/ports/leases.ts';

const LEASE_MS = 5_000;

/** Leases by one clock, which is right. */
export function createLeases(now: () => number): Leases {
  const held = new Map<string, { readonly lease: Lease; readonly expiresAt: number }>();
  const isHeld = ({ name, owner, epoch }: Lease) =>
    held.get(name)?.lease.owner === owner && held.get(name)?.lease.epoch === epoch;
  return {
    acquire: async (name, owner) => {
      const before = held.get(name);
      if (before !== undefined && before.expiresAt > now()) return null;
      const lease = { name, owner, epoch: (before?.lease.epoch ?? 0n) + 1n };
      held.set(name, { lease, expiresAt: now() + LEASE_MS });
      return lease;
    },
    renew: async (lease) => {
      if (!isHeld(lease)) return false;
      held.set(lease.name, { lease, expiresAt: now() + LEASE_MS });
      return true;
    },
    release: async (lease) => {
      if (isHeld(lease)) held.set(lease.name, { lease, expiresAt: now() });
    },
  };
}
