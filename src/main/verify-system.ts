import { verifyCheckpoint } from '../application/transparency/verify-checkpoint.ts';
import { bodyOf, bytesOf } from './ask-system.ts';
import { type Known, type Verification, verifyChunks } from './verify-chunks.ts';
import { verifyTiles } from './verify-tiles.ts';

/**
 * First what is served of the tree, then all transitions against it. The two come from different answers: the tree of the export
 * has to go on from the one that the tiles make.
 * @param ask for a path of the system. @throws {Malformed} {NotTrusted}
 */
export async function verifySystem(ask: (path: string) => Promise<Response>, known: Known): Promise<Verification> {
  const note = (await bytesOf(await ask('/v1/audit/checkpoint'))).toString();
  const checkpoint = verifyCheckpoint(note, known.policy);
  const readTile = async (path: string) => bytesOf(await ask(`/v1/audit/${path}`));
  await verifyTiles(checkpoint, readTile);
  const answer = await ask('/v1/audit/export');
  return verifyChunks(bodyOf(answer), { ...known, kept: [...known.kept, checkpoint] });
}
