import { CloudEvent, HTTP } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../support/api/api-under-test.ts';

const placed = new CloudEvent({
  id: 'A-1',
  type: 'order.placed',
  source: '/shop/eu',
  subject: 'customers/7',
  time: '2030-01-01T00:00:00.000Z',
  dataschema: 'https://example.com/order.json',
  datacontenttype: 'application/json',
  data: { orderId: 'A-1', lines: [1, 2] },
  tenant: 'acme',
  express: true,
  weight: 7,
});

/** As the `cloudevents` package would send it. */
function sent(message: ReturnType<typeof HTTP.structured>) {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  return { body: String(message.body), headers };
}

const structured = (event: CloudEvent<unknown>) => sent(HTTP.structured(event));
const binary = (event: CloudEvent<unknown>) => sent(HTTP.binary(event));

describe.each([
  ['structured', structured],
  ['binary', binary],
])('a CloudEvent in %s mode', (mode, send) => {
  it('is received with its attributes', async () => {
    const { post, recorded } = apiUnderTest();
    const { body, headers } = send(placed);
    const answer = await post(body, headers);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      type: 'order.placed',
      source: '/shop/eu',
      idempotencyKey: '/shop/eu A-1',
      payload: placed.data,
    });
    const data = JSON.parse((await recorded())[0]?.data ?? '');
    expect(data.cloudEvent).toMatchObject({
      specversion: '1.0',
      id: 'A-1',
      subject: 'customers/7',
      time: '2030-01-01T00:00:00.000Z',
      dataschema: 'https://example.com/order.json',
      tenant: 'acme',
      // In headers everything is text.
      express: mode === 'binary' ? 'true' : true,
      weight: mode === 'binary' ? '7' : 7,
    });
  });

  it('is one event however often it is sent, at whatever time', async () => {
    const { post, recorded } = apiUnderTest();
    const first = send(placed);
    const again = send(placed.cloneWith({ time: '2031-01-01T00:00:00.000Z' }));
    expect((await post(first.body, first.headers)).statusCode).toBe(201);
    expect((await post(again.body, again.headers)).statusCode).toBe(200);
    expect(await recorded()).toHaveLength(1);
  });

  it('with other data under its source and id is refused', async () => {
    const { post } = apiUnderTest();
    const first = send(placed);
    const other = send(placed.cloneWith({ data: { orderId: 'A-2', lines: [1, 2] }, subject: 'customers/8' }));
    await post(first.body, first.headers);
    const answer = await post(other.body, other.headers);
    expect(answer.json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/subject' }, { pointer: '/data/orderId' }],
    });
  });

  it('may be given another key by its sender', async () => {
    const { post } = apiUnderTest();
    const { body, headers } = send(placed);
    expect((await post(body, { ...headers, 'idempotency-key': 'mine' })).json().idempotencyKey).toBe('mine');
  });

  it('keeps what carries its partition key in order', async () => {
    const { post, recorded } = apiUnderTest();
    const { body, headers } = send(placed.cloneWith({ partitionkey: 'customer-7' }));
    await post(body, headers);
    expect(JSON.parse((await recorded())[0]?.data ?? '').orderingKey).toBe('customer-7');
  });
});

describe('a structured CloudEvent', () => {
  const type = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
  const minimal = { specversion: '1.0', id: '1', type: 'a', source: 'b' };

  it('without data has the payload null', async () => {
    expect((await apiUnderTest().post(minimal, type)).json().payload).toBeNull();
  });

  it('keeps its data byte for byte', async () => {
    const body = `{"data": { "n":1.0, "n":12345678901234567890 } ,${JSON.stringify(minimal).slice(1)}`;
    expect((await apiUnderTest().post(body, type)).body).toContain('"payload":{ "n":1.0, "n":12345678901234567890 },');
  });

  it('takes an attribute that is null for one that is absent', async () => {
    expect((await apiUnderTest().post({ ...minimal, subject: null }, type)).statusCode).toBe(201);
  });

  it.each([
    [{ ...minimal, specversion: '0.3' }, '/specversion', 'wrong-value'],
    [{ ...minimal, specversion: undefined }, '/specversion', 'required'],
    [{ ...minimal, id: undefined }, '/id', 'required'],
    [{ ...minimal, id: '' }, '/id', 'too-small'],
    [{ ...minimal, id: 'x'.repeat(256) }, '/id', 'too-large'],
    [{ ...minimal, source: 'no URI' }, '/source', 'wrong-format'],
    [{ ...minimal, source: '' }, '/source', 'wrong-format'],
    [{ ...minimal, source: `/${'x'.repeat(2_048)}` }, '/source', 'wrong-format'],
    [{ ...minimal, subject: 'no character: \uFFFE' }, '/subject', 'wrong-format'],
    [{ ...minimal, time: 'yesterday' }, '/time', 'wrong-format'],
    [{ ...minimal, data_base64: 'AAAA', data: 1 }, '/data_base64', 'not-supported'],
    [{ ...minimal, data_base64: 'AAA' }, '/data_base64', 'wrong-format'],
    [{ ...minimal, data_base64: 'AA AA' }, '/data_base64', 'wrong-format'],
    [{ ...minimal, data_base64: 'AAB=' }, '/data_base64', 'wrong-format'],
    [{ ...minimal, data_base64: 7 }, '/data_base64', 'wrong-type'],
    [
      { ...minimal, data_base64: 'e30=', datacontenttype: 'text/plain; charset=utf-16' },
      '/data_base64',
      'wrong-format',
    ],
    [{ ...minimal, data_base64: '/w==', datacontenttype: 'application/json' }, '/data_base64', 'wrong-format'],
    [{ ...minimal, Extension: 'x' }, '/Extension', 'wrong-name'],
    [{ ...minimal, extension: { nested: 1 } }, '/extension', 'invalid'],
    [{ ...minimal, extension: 1.5 }, '/extension', 'invalid'],
    [{ ...minimal, subject: 'line\nbreak' }, '/subject', 'wrong-format'],
    [[minimal], '', 'wrong-type'],
  ])('is refused by name of the attribute: %j', async (event, pointer, code) => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(event, type);
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer, code }] });
    expect(await recorded()).toEqual([]);
  });
});

describe('a binary CloudEvent', () => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'a', 'ce-source': 'b' };

  it('has any JSON as data', async () => {
    const { post } = apiUnderTest();
    expect((await post(' {"x":1,"x":2} ', headers)).body).toContain('"payload":{"x":1,"x":2},');
  });

  it('without a body has the payload null', async () => {
    expect((await apiUnderTest().post('', headers)).json().payload).toBeNull();
  });

  it('has percent-encoded attributes', async () => {
    const { post, recorded } = apiUnderTest();
    await post('1', { ...headers, 'ce-subject': 'Euro%20%E2%82%AC%20%F0%9F%98%80' });
    expect(JSON.parse((await recorded())[0]?.data ?? '').cloudEvent.subject).toBe('Euro € 😀');
  });

  it.each([
    [{ 'ce-id': '1' }, '/headers/ce-specversion', 'required'],
    [{ ...headers, 'ce-subject': '%E2%82' }, '/headers/ce-subject', 'wrong-format'],
    [{ ...headers, 'ce-subject': '%00' }, '/headers/ce-subject', 'wrong-format'],
    [{ ...headers, 'ce-my-name': 'x' }, '/headers/ce-my-name', 'wrong-name'],
    [{ ...headers, 'ce-id': ['1', '2'] }, '/headers/ce-id', 'wrong-format'],
    [{ ...headers, 'ce-datacontenttype': 'application/json' }, '/headers/ce-datacontenttype', 'not-supported'],
  ])('is refused by name of the header: %j', async (given, pointer, code) => {
    const { call } = apiUnderTest();
    const answer = await call({
      method: 'POST',
      url: '/v1/events',
      headers: { 'content-type': 'application/json', ...given },
      payload: '1',
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toContainEqual(expect.objectContaining({ pointer, code }));
  });
});

describe('a source', () => {
  it.each([
    'https://shop.example/eu?q=1#frag',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    'mailto:orders@shop.example',
    '/cloudevents/spec/pull/123',
    '1-555-123-4567',
    'a%20b',
    '//host:8080/~user;v=1',
    'http://[2001:db8::1]/',
    '?q',
    "it's(a),test*",
    'x'.repeat(2_048),
  ])('is any URI reference, and found by it: %j', async (source) => {
    const { post } = apiUnderTest();
    const answer = await post(
      { specversion: '1.0', id: '1', type: 'a', source },
      { 'content-type': 'application/cloudevents+json' },
    );
    expect([answer.statusCode, answer.json().source, answer.json().idempotencyKey]).toEqual([
      201,
      source,
      `${source} 1`,
    ]);
  });

  it.each(['a b', '<a>', 'a\\b', 'a^b', '%zz', 'a#b#c', 'http://[::1', '1a:b/c d', 'é', '"a"', '{a}', ' '])(
    'is nothing else: %j',
    async (source) => {
      const { post } = apiUnderTest();
      const answer = await post(
        { specversion: '1.0', id: '1', type: 'a', source },
        { 'content-type': 'application/cloudevents+json' },
      );
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/source', code: 'wrong-format' }] });
    },
  );
});

describe('a time', () => {
  it.each([
    '2030-01-01t00:00:00z',
    '2030-01-01T00:00:00.123456789Z',
    '2030-01-01T00:00:00+05:30',
    '2030-01-01T00:00:00-00:00',
    '2016-12-31T23:59:60Z',
  ])('may be written as RFC 3339 has it: %s', async (time) => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(
      { specversion: '1.0', id: '1', type: 'a', source: 'b', time },
      { 'content-type': 'application/cloudevents+json' },
    );
    expect(answer.statusCode).toBe(201);
    expect(JSON.parse((await recorded())[0]?.data ?? '').cloudEvent.time).toBe(time);
  });

  it.each([
    '2030-01-01 00:00:00Z',
    '2030-02-30T00:00:00Z',
    '2030-01-01T00:00:00',
    '2030-01-01T24:00:00Z',
    '2030-01-01',
  ])('is nothing else: %s', async (time) => {
    const { post } = apiUnderTest();
    const answer = await post(
      { specversion: '1.0', id: '1', type: 'a', source: 'b', time },
      { 'content-type': 'application/cloudevents+json' },
    );
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/time' }] });
  });
});

describe('data of a CloudEvent that is not JSON', () => {
  const attributes = { specversion: '1.0', id: '1', type: 'a', source: 'b' };
  const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'a', 'ce-source': 'b' };
  const bytes = Buffer.from([0, 255, 254, 65]);

  it.each<[string, Buffer, unknown]>([
    ['text/plain', Buffer.from('it is "so" €'), 'it is "so" €'],
    ['text/plain; charset=utf-8', Buffer.from('\u0001\t\ufeffx'), '\u0001\t\ufeffx'],
    ['application/xml', Buffer.from('<much wow="xml"/>'), '<much wow="xml"/>'],
    ['application/vnd.order+json', Buffer.from(' {"n":1.0} '), { n: 1 }],
    ['application/octet-stream', bytes, bytes.toString('base64')],
    ['application/octet-stream', Buffer.from('text'), Buffer.from('text').toString('base64')],
    ['image/png', bytes, bytes.toString('base64')],
  ])('is the same payload in either mode: %s', async (type, data, payload) => {
    const { post, recorded } = apiUnderTest();
    const inHeaders = await post(data, { ...headers, 'content-type': type });
    expect([inHeaders.statusCode, inHeaders.json().payload]).toEqual([201, payload]);
    const stored = JSON.parse((await recorded())[0]?.data ?? '');
    expect(stored.contentType).toBe(type);
    const inBody = { ...attributes, datacontenttype: type, data_base64: data.toString('base64') };
    const again = await post(inBody, { 'content-type': 'application/cloudevents+json' });
    expect([again.statusCode, again.json().id]).toEqual([200, inHeaders.json().id]);
  });

  it.each<[string, Buffer, number]>([
    ['text/plain', bytes, 400],
    ['text/plain', Buffer.from('a\0b'), 400],
    ['text/plain; charset=utf-16', Buffer.from('ab'), 415],
    ['application/vnd.order+json', Buffer.from('{'), 400],
    ['application/cloudevents+avro', bytes, 415],
    ['text', Buffer.from('ab'), 415],
    ['text/plain\t;x', Buffer.from('ab'), 415],
    ['text/plain', Buffer.alloc(100_000, 1), 413],
  ])('is refused when it is not what its type says: %s', async (type, data, status) => {
    const { post, recorded } = apiUnderTest();
    expect((await post(data, { ...headers, 'content-type': type })).statusCode).toBe(status);
    expect(await recorded()).toEqual([]);
  });

  it('of the largest size that is taken fits into the log', async () => {
    const { post } = apiUnderTest();
    for (const [index, [type, data]] of (
      [
        ['application/octet-stream', Buffer.alloc(256 * 1024, 255)],
        ['text/plain', Buffer.alloc((256 * 1024 - 2) / 2, '"')],
        ['text/plain', Buffer.alloc(43_690, 1)],
      ] as const
    ).entries()) {
      const answer = await post(data, { ...headers, 'ce-id': String(index), 'content-type': type });
      expect([type, answer.statusCode]).toEqual([type, 201]);
    }
  });

  it('is JSON where nothing says its type, and nothing without a body', async () => {
    const { call, post } = apiUnderTest();
    const empty = await call({ method: 'POST', url: '/v1/events', headers });
    expect([empty.statusCode, empty.json().payload]).toEqual([201, null]);
    const inBody = { ...attributes, id: '2', data_base64: 'AAAA' };
    const opaque = await post(inBody, { 'content-type': 'application/cloudevents+json' });
    expect(opaque.json().payload).toBe('AAAA');
    expect((await call({ method: 'POST', url: '/v1/events', headers, payload: Buffer.from('1') })).statusCode).toBe(
      415,
    );
  });
});

describe('a header of a CloudEvent', () => {
  it.each([
    ['"a \\"quoted\\" one"', 'a "quoted" one'],
    ['a%20b', 'a b'],
    ['%41', 'A'],
    ['"%e2%82%ac"', '€'],
    ['"', '"'],
  ])('may be quoted, and is percent-decoded once: %s', async (value, subject) => {
    const { post, recorded } = apiUnderTest();
    const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'a', 'ce-source': 'b' };
    expect((await post('1', { ...headers, 'ce-subject': value })).statusCode).toBe(201);
    expect(JSON.parse((await recorded())[0]?.data ?? '').cloudEvent.subject).toBe(subject);
  });
});
