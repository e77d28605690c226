import type { Decision } from '../aggregate.ts';
import type { AuditTreeCommand } from './commands.ts';
import type { AuditTreeRejection } from './rejections.ts';
import type { AuditTreeState } from './state.ts';
import type { AuditTreeTransition } from './transitions.ts';

/**
 * What follows from a command in a state. Pure and total: every refusal is a value. Whether a larger tree begins with the
 * smaller one cannot be seen here: whoever gives the command has computed it.
 */
export function decide(
  state: AuditTreeState | null,
  { checkpoint }: AuditTreeCommand,
): Decision<AuditTreeTransition, AuditTreeRejection> {
  const { size, rootHash, origin } = checkpoint;
  const isNext = state === null || (origin === state.origin && size > state.size);
  if (isNext) return { ok: true, transitions: [{ type: 'AuditCheckpointSigned', data: checkpoint }] };
  const isSame = origin === state.origin && size === state.size && rootHash === state.rootHash;
  if (isSame) return { ok: true, transitions: [] };
  const signed = { size: state.size, rootHash: state.rootHash };
  return { ok: false, rejection: { code: 'audit-checkpoint-contradicts', signed } };
}
