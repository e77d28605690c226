import type { MediaType } from '../plugins/body-reading.ts';
import type { Problem } from '../problem-details.ts';
import { readStructured } from './cloud-event.ts';
import { type JsonDocument, type Reading, readDocument, readScanned, refused, whyMalformed } from './json-document.ts';
import { readBatchItem } from './plain-event.ts';
import { scanJson, skipSpace } from './scan-json.ts';
import type { SentEvent } from './sent-event.ts';

export interface BatchLimits {
  readonly batchItems: number;
  /** Of one item. */
  readonly bodyBytes: number;
}

/**
 * The items of a batch in order, each read on its own: what is wrong with one says nothing of the others. A batch that
 * is refused as a whole is not a JSON array, or holds too many items.
 */
export function readBatch(text: string, type: MediaType, limits: BatchLimits): Reading<readonly Reading<SentEvent>[]> {
  const documents = type === 'application/x-ndjson' ? splitLines(text, limits) : splitArray(text, limits);
  if (!documents.ok) return documents;
  const isOfCloudEvents = type === 'application/cloudevents-batch+json';
  const read = (document: JsonDocument) =>
    isOfCloudEvents ? readStructured(document, limits) : readBatchItem(document);
  return { ok: true, value: documents.value.map((document) => (document.ok ? read(document.value) : document)) };
}

type Documents = Reading<readonly Reading<JsonDocument>[]>;

/** One document for each line; empty lines do not count. */
function splitLines(text: string, limits: BatchLimits): Documents {
  const documents: Reading<JsonDocument>[] = [];
  for (let from = 0; from < text.length; ) {
    const lineFeed = text.indexOf('\n', from);
    const end = lineFeed < 0 ? text.length : lineFeed;
    // A text of its own, so that an open string ends with its line.
    const line = text.slice(from, end);
    if (!isBlank(line, 0)) {
      if (documents.length === limits.batchItems) return refused(tooManyItems(limits));
      documents.push(checkSize(readDocument(line), limits));
    }
    from = end + 1;
  }
  return { ok: true, value: documents };
}

/** An array that is not JSON is refused whole, also for the sake of the items that seem sound: where do they end? */
function splitArray(text: string, limits: BatchLimits): Documents {
  let at = skipSpace(text, 0);
  if (text.charAt(at) !== '[') return refused(notAnArray(text));
  const documents: Reading<JsonDocument>[] = [];
  at = skipSpace(text, at + 1);
  if (text.charAt(at) === ']') return isBlank(text, at + 1) ? { ok: true, value: [] } : refused(notAnArray(text));
  for (;;) {
    if (documents.length === limits.batchItems) return refused(tooManyItems(limits));
    const scan = scanJson(text, at);
    if (scan.end < 0) return refused(notAnArray(text));
    const document = checkSize(readScanned(text, at, scan), limits);
    if (!document.ok && document.problem.code === 'malformed-json') return refused(notAnArray(text));
    documents.push(document);
    const next = skipSpace(text, scan.end);
    if (text.charAt(next) === ']')
      return isBlank(text, next + 1) ? { ok: true, value: documents } : refused(notAnArray(text));
    if (text.charAt(next) !== ',') return refused(notAnArray(text));
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
