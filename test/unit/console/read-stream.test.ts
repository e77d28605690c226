import { expect, it } from 'vitest';
import { type Message, readMessages } from '../../../console/src/pages/live/read-stream.ts';

const text =
  'retry: 2000\nid: a\n\nid: b\ndata: {"reason":"ü: 1"}\n\nevent: caught-up\nid: c\ndata: {}\n\nid: d\ndata: cut off';
const bytes = new TextEncoder().encode(text);

async function messagesOf(...chunks: readonly Uint8Array[]): Promise<readonly Message[]> {
  const messages: Message[] = [];
  await readMessages(ReadableStream.from<Uint8Array>(chunks), (message) => messages.push(message));
  return messages;
}

it('reads the messages of a stream wherever it is cut, and none that was cut off', async () => {
  const whole = await messagesOf(bytes);
  expect(whole).toEqual([
    { id: 'a', name: 'message', data: '' },
    { id: 'b', name: 'message', data: '{"reason":"ü: 1"}' },
    { id: 'c', name: 'caught-up', data: '{}' },
  ]);
  for (let at = 0; at <= bytes.length; at += 1)
    expect(await messagesOf(bytes.slice(0, at), bytes.slice(at)), `cut at ${at}`).toEqual(whole);
});
