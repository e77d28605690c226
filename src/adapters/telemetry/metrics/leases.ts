import { Counter, Gauge, type Registry } from 'prom-client';
import type { Leases } from '../../../application/ports/leases.ts';

/** The leases as they are, with which of them this process holds and how often it took each. Their names are few. */
export function countedLeases(leases: Leases, registry: Registry): Leases {
  const registers = [registry];
  const labelNames = ['lease'];
  const owner = new Gauge({
    name: 'eventops_lease_owner',
    help: 'Whether this process holds the lease: 1 or 0.',
    labelNames,
    registers,
  });
  const changes = new Counter({
    name: 'eventops_lease_changes_total',
    help: 'How often this process took the lease.',
    labelNames,
    registers,
  });
  return {
    acquire: async (name, process) => {
      const lease = await leases.acquire(name, process);
      owner.set({ lease: name }, lease === null ? 0 : 1);
      changes.inc({ lease: name }, lease === null ? 0 : 1);
      return lease;
    },
    renew: async (lease) => {
      const isOurs = await leases.renew(lease);
      if (!isOurs) owner.set({ lease: lease.name }, 0);
      return isOurs;
    },
    release: async (lease) => {
      // Given up in any case: what cannot be released expires.
      owner.set({ lease: lease.name }, 0);
      await leases.release(lease);
    },
  };
}
