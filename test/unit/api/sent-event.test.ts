import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStructured } from '../../../src/api/intake/cloud-event.ts';
import { parseExactly } from '../../../src/api/intake/exact-json.ts';
import { readDocument } from '../../../src/api/intake/json-document.ts';
import { readSingleEvent } from '../../../src/api/intake/plain-event.ts';
import { differences, type SentEvent } from '../../../src/api/intake/sent-event.ts';
import { comparableOf, fingerprintOf } from '../../../src/application/use-cases/event/same-request.ts';
import { jsonText } from '../../support/api/json-texts.ts';

function read(text: string, reader: typeof readSingleEvent): SentEvent {
  const document = readDocument(text);
  const sent = document.ok ? reader(document.value) : document;
  if (!sent.ok) throw new Error(JSON.stringify(sent.problem));
  return sent.value;
}

const comparable = (sent: SentEvent) => comparableOf({ ...sent, payload: sent.payloadValue });
const plain = (payload: string, others = '') =>
  comparable(read(`{"type":"a","source":"b","payload":${payload}${others}}`, readSingleEvent));
const cloud = (members: object) =>
  comparable(
    read(JSON.stringify({ specversion: '1.0', id: '1', type: 'a', source: 'b', ...members }), (document) =>
      readStructured(document, { bodyBytes: 1_000 }),
    ),
  );

describe('two requests', () => {
  it('are one when they differ in white space, order and spelling alone', () => {
    expect(fingerprintOf(plain('{"a":1.50,"b":"\\u0041"}'))).toBe(fingerprintOf(plain(' { "b":"A" , "a":15e-1 } ')));
  });

  it('have one fingerprint exactly when nothing differs', () => {
    fc.assert(
      fc.property(jsonText, jsonText, (one, other) => {
        const [sent, stored] = [plain(one), plain(other)];
        expect(differences(sent, stored).length === 0).toBe(fingerprintOf(sent) === fingerprintOf(stored));
        expect(differences(sent, plain(`  ${one} `))).toEqual([]);
      }),
    );
  });

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['0.1', '0.10000000000000000001'],
    ['1e-350', '0'],
    ['123456789012345678901234567890', '123456789012345678901234567891'],
  ])('differ in numbers that one double stands for: %s', (one, other) => {
    expect(fingerprintOf(plain(one))).not.toBe(fingerprintOf(plain(other)));
    expect(differences(plain(one), plain(other))).toEqual(['/payload']);
  });

  it.each([
    ['1e20', '100000000000000000000'],
    ['12345678901234567890', '12345678901234567890.0'],
    ['-0', '0'],
    ['1234567890123456789012e-4', '123456789012345678.9012'],
  ])('agree in numbers that are written differently: %s', (one, other) => {
    expect(fingerprintOf(plain(one))).toBe(fingerprintOf(plain(other)));
  });

  it('name every place where they differ', () => {
    expect(differences(plain('{"a":[1,2],"b":{"c":1},"d":0}'), plain('{"a":[1,3,4],"b":{"c/":1}}'))).toEqual([
      '/payload/a/1',
      '/payload/a/2',
      '/payload/b/c',
      '/payload/b/c~1',
      '/payload/d',
    ]);
    expect(differences(plain('1', ',"orderingKey":"x"'), plain('1'))).toEqual(['/orderingKey']);
    expect(differences(plain('[]'), plain('{}'))).toEqual(['/payload']);
  });

  it('name no more places than somebody reads', () => {
    const many = JSON.stringify(Array.from({ length: 500 }, (_, index) => index));
    expect(differences(plain(many), plain('[]'))).toHaveLength(50);
  });

  it('differ when one is a CloudEvent and the other is not', () => {
    expect(differences(cloud({ data: 1 }), plain('1'))).toEqual(['']);
  });

  it('name attributes and data of CloudEvents as the structured format has them', () => {
    const one = cloud({ data: { x: 1 }, subject: 's', partitionkey: 'p', datacontenttype: 'text/plain' });
    expect(differences(one, cloud({ data: { x: 2 } }))).toEqual([
      '/datacontenttype',
      '/partitionkey',
      '/subject',
      '/data/x',
    ]);
  });

  it('agree when only the sending of a CloudEvent differs', () => {
    const one = cloud({ time: '2030-01-01T00:00:00Z', tracestate: 'a=b', datacontenttype: 'application/json' });
    expect(fingerprintOf(one)).toBe(fingerprintOf(cloud({ time: '2031-01-01T00:00:00Z' })));
  });
});

describe('reading exactly', () => {
  it('changes nothing that a double holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseExactly(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps different integers different', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
        expect(parseExactly(`${one}`) === parseExactly(`${other}`)).toBe(one === other);
      }),
    );
  });
});
