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
    [{ ...minimal, source: 'https://shop.example/?q=1' }, '/source', 'wrong-format'],
    [{ ...minimal, time: 'yesterday' }, '/time', 'wrong-format'],
    [{ ...minimal, data_base64: 'AAAA' }, '/data_base64', 'not-supported'],
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
