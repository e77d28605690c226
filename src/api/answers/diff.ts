import { z } from 'zod';
import { exampleEvent } from './event.ts';
import { time, times } from './times.ts';

const point = z.strictObject({ revision: z.int().min(0), recordedAt: time });

export const diffAnswer = z
  .strictObject({
    id: z.guid(),
    from: point,
    to: point,
    patch: z
      .array(z.strictObject({ op: z.literal('replace'), path: z.string(), value: z.unknown() }))
      .describe('A JSON Patch (RFC 6902) that makes the event at `to` of the one at `from`.'),
  })
  .meta({ id: 'EventDiff', description: `What differs between two states of an event. ${times}` });

export const exampleDiff = {
  id: exampleEvent.id,
  from: { revision: 0, recordedAt: exampleEvent.createdAt },
  to: { revision: 2, recordedAt: exampleEvent.updatedAt },
  patch: [
    { op: 'replace', path: '/status', value: 'PROCESSED' },
    { op: 'replace', path: '/updatedAt', value: exampleEvent.updatedAt },
    { op: 'replace', path: '/processedAt', value: exampleEvent.processedAt },
    { op: 'replace', path: '/attempts', value: 1 },
    { op: 'replace', path: '/revision', value: 2 },
  ],
};
