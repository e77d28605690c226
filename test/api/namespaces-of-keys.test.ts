import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../src/application/event-identity.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';

const cloudEvent = { specversion: '1.0', type: 'order.placed', source: 'shop', id: 'A-1', data: { orderId: 'A-1' } };
const structured = { 'content-type': 'application/cloudevents+json' };
/** What the CloudEvent's source and id make together. */
const key = { 'idempotency-key': 'shop A-1' };

function posting() {
  const api = apiUnderTest();
  return {
    ...api,
    withKey: (body: object = order) => api.post(body, key),
    asCloudEvent: (body: object = cloudEvent) => api.post(body, structured),
  };
}

describe('a key that a client chose and the same text made from a CloudEvent', () => {
  it.each(['the key', 'the CloudEvent'])('are two events, whichever comes first: %s', async (first) => {
    const { withKey, asCloudEvent, recorded } = posting();
    const posts = first === 'the key' ? [withKey, asCloudEvent] : [asCloudEvent, withKey];
    const ids: string[] = [];
    for (const post of posts) {
      const answer = await post();
      expect([answer.statusCode, answer.json().idempotencyKey]).toEqual([201, 'shop A-1']);
      ids.push(answer.json().id);
    }
    expect(new Set(ids).size).toBe(2);
    for (const [index, post] of posts.entries()) {
      const again = await post();
      expect([again.statusCode, again.json().id]).toEqual([200, ids[index]]);
      const other = await post(
        post === asCloudEvent ? { ...cloudEvent, data: 'other' } : { ...order, payload: 'other' },
      );
      expect(other.json()).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    }
    expect(await recorded()).toHaveLength(2);
  });

  it('are two events when they come at once, and stay the same two', async () => {
    const { withKey, asCloudEvent, recorded } = posting();
    const both = async () => Promise.all([withKey(), asCloudEvent(), withKey(), asCloudEvent()]);
    const ids = (await both()).map((answer) => answer.json().id);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    expect((await both()).map((answer) => [answer.statusCode, answer.json().id])).toEqual(ids.map((id) => [200, id]));
    expect(await recorded()).toHaveLength(2);
  });

  it('are one event when the CloudEvent brings its own name as a key', async () => {
    const { post, asCloudEvent, recorded } = posting();
    const first = await post(cloudEvent, { ...structured, ...key });
    expect((await asCloudEvent()).json().id).toBe(first.json().id);
    expect(await recorded()).toHaveLength(1);
  });

  it('keep the ids that they had when there was one namespace', async () => {
    const id = eventIdOf('admin', 'shop A-1');
    for (const way of ['withKey', 'asCloudEvent'] as const) expect((await posting()[way]()).json().id).toBe(id);
  });

  it('stay apart in a batch', async () => {
    const { call } = posting();
    const batch = (type: string, items: readonly unknown[]) =>
      call({
        method: 'POST',
        url: '/v1/events/batch',
        headers: { 'content-type': type },
        payload: JSON.stringify(items),
      });
    const plain = await batch('application/json', [{ ...order, idempotencyKey: 'shop A-1' }]);
    const events = await batch('application/cloudevents-batch+json', [cloudEvent, cloudEvent]);
    expect([...plain.json().results, ...events.json().results].map(({ status }) => status)).toEqual([201, 201, 200]);
  });
});
