import { z } from 'zod';
import type { Checkpoint } from '../../application/ports/event-log.ts';
import type { LogPlace } from '../../application/ports/log-segments.ts';
import { type ListIdentity, opened, sealed } from '../cursors.ts';

/** Of all live streams: where one ended, another one of any client may go on, with any filters. */
const identity: ListIdentity = { clientId: '', filters: { list: 'live-stream' } };
const place = z.tuple([z.string().nullable(), z.string().regex(/^-?\d{1,20}$/)]);

/** A checkpoint and a position behind it as opaque text, which only who has the key can make. */
export const textOfPlace = ({ after, position }: LogPlace, key: Buffer): string =>
  sealed(JSON.stringify([after, String(position)]), identity, key);

/** `null` for what is no place, or was made with another key. */
export function placeOfText(text: string, key: Buffer): LogPlace | null {
  const json = opened(text, identity, key);
  if (json === null) return null;
  const [after, position] = place.parse(JSON.parse(json));
  return { after: after as Checkpoint | null, position: BigInt(position) };
}
