import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBatch } from '../../../src/api/intake/batch.ts';
import { jsonText, spaced } from '../../support/api/json-texts.ts';

const limits = { batchItems: 5, bodyBytes: 1_000, batchTurnBytes: 500 };
const item = (payload: string) => `{"type":"a","source":"b","payload":${payload}}`;

/** The payload's text or the problem's code of each item; the problem's code of a batch that is refused whole. */
async function outcomes(text: string, type: Parameters<typeof readBatch>[1] = 'application/json') {
  const batch = await readBatch(text, type, limits);
  if (!batch.ok) return batch.problem.code;
  return batch.value.map((each) => (each.ok ? each.value.payload : each.problem.code));
}

describe('a batch', () => {
  it('holds the items of an array, each payload byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(jsonText, { maxLength: 5 }), async (payloads) => {
        const small = payloads.filter((payload) => Buffer.byteLength(item(payload)) <= limits.bodyBytes);
        const text = spaced(`[${small.map((payload) => spaced(item(payload))).join(',')}]`);
        expect(await outcomes(text)).toEqual(small.map((payload) => payload.trim()));
      }),
    );
  });

  it('holds one item in each line that is not empty', async () => {
    const lines = [item('1'), '', item('2'), '  ', item('3')];
    expect(await outcomes(lines.join('\n'), 'application/x-ndjson')).toEqual(['1', '2', '3']);
    expect(await outcomes(`${lines.join('\r\n')}\r\n`, 'application/x-ndjson')).toEqual(['1', '2', '3']);
  });

  it('takes the good items of an array beside bad ones', async () => {
    const text = `[${item('1')},{"type":1},7,${item('{"__proto__":1}')},${item('"\\u0000"')}]`;
    expect(await outcomes(text)).toEqual(['1', ...Array.from({ length: 4 }, () => 'invalid-request')]);
  });

  it('takes the good lines beside lines that are not JSON', async () => {
    const text = [item('1'), '{"type":"a', '[', item('2')].join('\n');
    expect(await outcomes(text, 'application/x-ndjson')).toEqual(['1', 'malformed-json', 'malformed-json', '2']);
  });

  it('takes CloudEvents', async () => {
    const event = { specversion: '1.0', id: '1', type: 'a', source: 'b', data: { x: 1 } };
    expect(await outcomes(JSON.stringify([event, { ...event, id: '' }]), 'application/cloudevents-batch+json')).toEqual(
      ['{"x":1}', 'invalid-request'],
    );
  });

  it('may be empty', async () => {
    expect(await outcomes(' [ ] ')).toEqual([]);
    expect(await outcomes('', 'application/x-ndjson')).toEqual([]);
  });

  it('refuses an item that would be too large alone', async () => {
    expect(await outcomes(`[${item(`"${'x'.repeat(1_000)}"`)},${item('1')}]`)).toEqual(['content-too-large', '1']);
  });

  it('is refused whole when it holds too many items', async () => {
    expect(await outcomes(`[${Array.from({ length: 6 }, () => item('1')).join()}]`)).toBe('batch-too-large');
    expect(await outcomes(Array.from({ length: 6 }, () => item('1')).join('\n'), 'application/x-ndjson')).toBe(
      'batch-too-large',
    );
  });

  it.each([
    '',
    '{}',
    'null',
    '[',
    `[${item('1')}`,
    `[${item('1')},]`,
    `[,${item('1')}]`,
    `[${item('1')}]]`,
    `[${item('1')}] x`,
    `[${item('1')} ${item('2')}]`,
    `[${item('1')},{"type":}]`,
    `[${item('1')},"a":1]`,
    `[${item('1')},{"a":[}]`,
  ])('is refused whole when it is not a JSON array: %s', async (text) => {
    expect(await outcomes(text)).toBe('malformed-json');
  });

  it('of empty lines takes as long as it is long', async () => {
    expect(await outcomes('\n'.repeat(1_000_000), 'application/x-ndjson')).toEqual([]);
  });

  it('is an array exactly when JSON.parse says so', async () => {
    const fragment = fc.constantFrom('[', ']', ',', '1', '"a"', '{', '}', ' ', item('1'), ':', 'true', '"');
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 5 }), async (fragments) => {
        const text = fragments.join('');
        expect((await outcomes(text)) !== 'malformed-json').toBe(isArray(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
