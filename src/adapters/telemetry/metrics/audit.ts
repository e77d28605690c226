import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../../application/ports/clock.ts';

export interface AuditMetrics {
  /** A checkpoint over so many transitions was signed. */
  signed(transitions: number): void;
  /** A witness cosigned it. */
  cosigned(witness: string, transitions: number): void;
}

export function auditMetrics(clock: Pick<Clock, 'now'>, registry: Registry): AuditMetrics {
  const registers = [registry];
  const transitions = new Gauge({
    name: 'eventops_audit_signed_transitions',
    help: 'Transitions under the audit checkpoint that this process signed last.',
    registers,
  });
  const at = new Gauge({
    name: 'eventops_audit_signed_timestamp_seconds',
    help: 'When this process last signed an audit checkpoint; 0 before the first.',
    registers,
  });
  const cosigned = new Gauge({
    name: 'eventops_audit_cosigned_transitions',
    help: 'Transitions under the audit checkpoint that each witness cosigned last for this process; 0 before the first.',
    labelNames: ['witness'],
    registers,
  });
  return {
    signed(size) {
      transitions.set(size);
      at.set(clock.now() / 1_000);
    },
    cosigned: (witness, size) => cosigned.set({ witness }, size),
  };
}
