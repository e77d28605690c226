import { z } from 'zod';
import type { OutgoingCall } from '../../application/outgoing-call.ts';

const name = z.string().max(255);
const time = z.number().min(0);

const callSchema = z.strictObject({
  spanId: z.string().regex(/^(?!0{16})[0-9a-f]{16}$/),
  method: z.string().regex(/^[A-Z]{1,20}$/),
  scheme: z.enum(['http', 'https']),
  host: name,
  port: z.int().min(0).max(65_535).nullable(),
  startedAt: time,
  endedAt: time,
  status: z.int().min(100).max(999).nullable(),
  error: name.nullable(),
}) satisfies z.ZodType<OutgoingCall>;

/** What a cell says of a request, if it can be one: handlers share the cell with what speaks for it. */
export const checkedCall = (call: unknown): OutgoingCall | null => callSchema.safeParse(call).data ?? null;
