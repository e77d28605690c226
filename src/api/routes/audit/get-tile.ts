import { z } from 'zod';
import { readSignedTile } from '../../../application/anchoring/signed-tree.ts';
import { parseTilePath, type TileName } from '../../../application/transparency/tile-names.ts';
import { memoryOfEvent } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

/** For the client alone: whoever shares a cache may lack the permission. */
const PERMANENTLY = 'private, max-age=31536000, immutable';

const path = z
  .string()
  .describe(
    'The level and the index of a tile, or `entries` and the index of a bundle, as C2SP tlog-tiles writes them.',
  )
  .meta({ example: 'entries/000.p/1' });

/** Only what is signed, which never changes. */
export const getAuditTile = defineRoute({
  name: 'getAuditTile',
  method: 'GET',
  path: '/v1/audit/tile/*',
  summary: 'Get a tile',
  description:
    'A tile of the tree over all histories, or a bundle of its entries (C2SP tlog-tiles), as far as a checkpoint was signed over it; partial ones of every checkpoint that was signed, also when they are full by now. Proofs are computed from tiles.',
  access: { permission: 'audit:read' },
  params: { '*': path },
  answers: { 200: { description: 'The tile.', text: ['application/octet-stream'] } },
  problems: ['audit-tree-unavailable', 'tile-not-found'],
  handler:
    ({ auditTree, limits }) =>
    async (request, reply) => {
      const name = tileNamed(`tile/${(request.params as { readonly '*': string })['*']}`);
      if (name === null)
        return sendProblem(reply, {
          code: 'tile-not-found',
          detail: 'The path is not that of a tile, such as tile/0/x001/234, tile/1/000.p/17 or tile/entries/000.',
        });
      const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const tile = await readSignedTile(auditTree, name);
      if (tile === null)
        return sendProblem(reply, {
          code: 'tile-not-found',
          detail: 'It goes beyond the tree that was signed last. The checkpoint says how many leaves that has.',
        });
      return reply.header('content-type', 'application/octet-stream').header('cache-control', PERMANENTLY).send(tile);
    },
});

function tileNamed(tilePath: string): TileName | null {
  try {
    return parseTilePath(tilePath);
  } catch {
    return null;
  }
}
