/** A message of a stream of server-sent events. */
export interface Message {
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

/** As the HTML standard has it, as far as the API writes it. Comments have a place, too. */
export async function readMessages(body: ReadableStream<Uint8Array>, take: (message: Message) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) take(messageIn(block));
  }
}

function messageIn(block: string): Message {
  let [id, name, data]: [string | null, string, string] = [null, 'message', ''];
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'event') name = value;
    if (field === 'data') data = data === '' ? value : `${data}\n${value}`;
  }
  return { id, name, data };
}
