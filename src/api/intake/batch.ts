import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { MediaType } from '../media-types.ts';
import type { Problem } from '../problem-details.ts';
import { readStructured } from './cloud-event.ts';
import { type JsonDocument, type Reading, readDocument, readScanned, refused, whyMalformed } from './json-document.ts';
import { readBatchItem } from './plain-event.ts';
import { scanJson, skipSpace } from './scan-json.ts';
import { type PreparedEvent, prepare } from './sent-event.ts';

export interface BatchLimits {
  readonly batchItems: number;
  /** Of one item. */
  readonly bodyBytes: number;
  /** Of the batch that are read in one turn of the event loop, so that other requests are not held up behind it. */
  readonly batchTurnBytes: number;
}

/**
 * The items of a batch in order, each read on its own: what is wrong with one says nothing of the others. A batch that
 * is refused as a whole is not a JSON array, or holds too many items. Of all items, one at a time is there as a parsed
 * value.
 */
export async function readBatch(
  text: string,
  type: MediaType,
  limits: BatchLimits,
): Promise<Reading<readonly Reading<PreparedEvent>[]>> {
  const documents = type === 'application/x-ndjson' ? splitLines(text, limits) : splitArray(text, limits);
  const isOfCloudEvents = type === 'application/cloudevents-batch+json';
  const read = (document: JsonDocument) =>
    isOfCloudEvents ? readStructured(document, limits) : readBatchItem(document);
  const items: Reading<PreparedEvent>[] = [];
  let restsAt = limits.batchTurnBytes;
  for (const { document, end } of documents) {
    if (document === null) return refused(notAnArray(text));
    if (items.length === limits.batchItems) return refused(tooManyItems(limits));
    const sent = document.ok ? read(document.value) : document;
    items.push(sent.ok ? { ok: true, value: prepare(sent.value) } : sent);
    if (end < restsAt) continue;
    restsAt = end + limits.batchTurnBytes;
    await turnOfTheLoop();
  }
  return { ok: true, value: items };
}

/** One item of a batch and where in the text it ends; `null` where the batch turns out to be no array. */
interface Part {
  readonly document: Reading<JsonDocument> | null;
  readonly end: number;
}

/** One document for each line; empty lines do not count. */
function* splitLines(text: string, limits: BatchLimits): Generator<Part> {
  for (let from = 0; from < text.length; ) {
    const lineFeed = text.indexOf('\n', from);
    const end = lineFeed < 0 ? text.length : lineFeed;
    // A text of its own, so that an open string ends with its line.
    const line = text.slice(from, end);
    if (!isBlank(line, 0)) yield { document: checkSize(readDocument(line), limits), end };
    from = end + 1;
  }
}

/** An array that is not JSON is refused whole, also for the sake of the items that seem sound: where do they end? */
function* splitArray(text: string, limits: BatchLimits): Generator<Part> {
  const noArray = { document: null, end: text.length };
  let at = skipSpace(text, 0);
  if (text.charAt(at) !== '[') return yield noArray;
  at = skipSpace(text, at + 1);
  if (text.charAt(at) === ']') return isBlank(text, at + 1) ? undefined : yield noArray;
  for (;;) {
    const scan = scanJson(text, at);
    if (scan.end < 0) return yield noArray;
    const document = checkSize(readScanned(text, at, scan), limits);
    if (!document.ok && document.problem.code === 'malformed-json') return yield noArray;
    yield { document, end: scan.end };
    const next = skipSpace(text, scan.end);
    if (text.charAt(next) === ']') return isBlank(text, next + 1) ? undefined : yield noArray;
    if (text.charAt(next) !== ',') return yield noArray;
    at = skipSpace(text, next + 1);
  }
}

function checkSize(document: Reading<JsonDocument>, { bodyBytes }: BatchLimits): Reading<JsonDocument> {
  if (!document.ok || Buffer.byteLength(document.value.text) <= bodyBytes) return document;
  return refused({ code: 'content-too-large', detail: `An item has at most ${bodyBytes} bytes.` });
}

const isBlank = (text: string, from: number) => skipSpace(text, from) === text.length;

const notAnArray = (text: string): Problem => ({
  code: 'malformed-json',
  detail: 'The body is not a JSON array.',
  ...whyMalformed(text),
});
const tooManyItems = ({ batchItems }: BatchLimits): Problem => ({
  code: 'batch-too-large',
  detail: `A batch has at most ${batchItems} events; nothing of this one was taken.`,
});
