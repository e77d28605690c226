import { signedNote } from '../../../application/anchoring/signed-tree.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';

/** Kept by no cache, as all answers. */
export const getAuditCheckpoint = defineRoute({
  name: 'getAuditCheckpoint',
  method: 'GET',
  path: '/v1/audit/checkpoint',
  summary: 'Get the newest checkpoint',
  description:
    'What was signed last of the tree over all histories, as a signed note (C2SP tlog-checkpoint). docs/audit.md says what it vouches for.',
  access: { permission: 'audit:read' },
  answers: { 200: { description: 'The checkpoint.', text: ['text/plain'] } },
  problems: ['audit-tree-unavailable', 'checkpoint-not-signed'],
  handler:
    ({ auditTree }) =>
    async (_request, reply) => {
      const note = await signedNote(auditTree);
      if (note === null)
        return sendProblem(reply, {
          code: 'checkpoint-not-signed',
          detail:
            'A process with the role anchor, and with the AUDIT_ORIGIN of this one, signs a checkpoint some seconds after the first event. Ask again then.',
        });
      return reply.header('content-type', 'text/plain; charset=utf-8').send(note);
    },
});
