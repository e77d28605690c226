import { describe, expect, it } from 'vitest';
import {
  type FailureSeen,
  fingerprintOf,
  textOf,
  whyOneGroup,
} from '../../../../src/domain/failure-group/fingerprint.ts';

const failed = (message: string, but: Partial<FailureSeen> = {}): FailureSeen => ({
  class: 'Error',
  message,
  stack: null,
  ...but,
});
const kind = (seen: FailureSeen) => textOf(fingerprintOf(seen));
const stack = (...frames: readonly string[]) => ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n');

// Each pair differs only in what is of the case.
const same: readonly (readonly [string, string])[] = [
  ['Order A-17 not found', 'Order B-2041 not found'],
  ['connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED 10.9.8.7:5432'],
  ['connect ECONNREFUSED ::1:6379', 'connect ECONNREFUSED 127.0.0.1:6379'],
  ['getaddrinfo ENOTFOUND db.internal', 'getaddrinfo ENOTFOUND shipping'],
  ['timeout of 3000ms exceeded', 'timeout of 5000ms exceeded'],
  ['value {"a":1,"b":[1,2]} refused', 'value {"a":7,"c":"x"} refused'],
  ['Unexpected token \'a\', "abc" is not valid JSON', 'Unexpected token \'<\', "<!DOCTYPE" is not valid JSON'],
  ["ENOENT: no such file or directory, open '/var/lib/x/7.json'", "ENOENT: no such file or directory, open '/srv/9'"],
  ['GET https://a.example/v1/orders/17 answered 502', 'GET https://b.example/v1/orders/18 answered 502'],
  ['no mail to bob@example.com', 'no mail to eve@example.org'],
  ['the token expired at 2030-01-31T12:00:00Z', 'the token expired at 2031-02-01T00:00:00Z'],
  ['job 0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d is gone', 'job 1b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d is gone'],
];

// Each pair looks alike and is of two causes.
const different: readonly (readonly [string, string])[] = [
  ['Request failed with status code 404', 'Request failed with status code 500'],
  ['The deployment service answers 503', 'The deployment service answers 401'],
  ['connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED 10.0.0.1:6379'],
  ['connect ECONNREFUSED 10.0.0.1:5432', 'connect ETIMEDOUT 10.0.0.1:5432'],
  ['violates unique constraint "orders_pkey"', 'violates unique constraint "users_email_key"'],
  ["Cannot read properties of undefined (reading 'id')", "Cannot read properties of undefined (reading 'name')"],
  ["Cannot read properties of undefined (reading 'id')", "Cannot read properties of null (reading 'id')"],
  ['fetch failed; caused by Error: ECONNRESET', 'fetch failed; caused by Error: ENOTFOUND'],
  ['SQLSTATE 40P01', 'SQLSTATE 23505'],
  ["Cannot find module 'left-pad'", "Cannot find module 'zod'"],
  ['process exited with 137', 'process exited with 1'],
  ['404 Not Found', '502 Bad Gateway'],
];

describe('failures are one', () => {
  it.each(same)('%s | %s', (one, other) => {
    expect(kind(failed(one))).toBe(kind(failed(other)));
  });

  it('when the frames of the user’s own code are the same, on whichever line and whatever called them', () => {
    const one = stack('ship (…/shop/orders/ship.ts:12:5)', 'Object.handle (…/shop/eventops.config.ts:9:1)');
    const other = stack(
      'ship (…/shop/orders/ship.ts:99:1)',
      'process.nextTick (node:internal/x:1:1)',
      'Object.handle (…/shop/eventops.config.ts:9:1)',
      'async invokeHandler (…/src/worker/invoke-handler.ts:70:36)',
      'act (…/isolation/cell/run-cell.ts:105:25)',
    );
    expect(kind(failed('x', { stack: one }))).toBe(kind(failed('x', { stack: other })));
  });

  it('whichever file of a package threw', () => {
    const one = stack('Client.query (…/node_modules/pg/lib/client.js:1:1)', 'load (…/shop/orders/load.ts:1:1)');
    const other = stack('load (…/shop/orders/load.ts:1:1)');
    expect(kind(failed('x', { stack: one }))).toBe(kind(failed('x', { stack: other })));
  });
});

describe('failures are two', () => {
  it.each(different)('%s | %s', (one, other) => {
    expect(kind(failed(one))).not.toBe(kind(failed(other)));
  });

  it.each([
    ['classes', failed('x', { class: 'TypeError' })],
    ['functions', failed('x', { stack: stack('bill (…/shop/orders/ship.ts:12:5)') })],
    ['files', failed('x', { stack: stack('ship (…/shop/orders/bill.ts:12:5)') })],
  ])('when they are of other %s', (_, other) => {
    expect(kind(failed('x', { stack: stack('ship (…/shop/orders/ship.ts:12:5)') }))).not.toBe(kind(other));
  });

  it('when other fields of a payload are wrong', () => {
    const wrong = (field: string) => failed(`/lines/0/${field}: expected string`, { class: 'PayloadInvalid' });
    expect(kind(wrong('sku'))).not.toBe(kind(wrong('price')));
    expect(kind(wrong('sku'))).toContain('/lines/<number>/sku');
  });
});

describe('a group', () => {
  it('says in words why its failures are one', () => {
    const seen = failed('order 7 has no lines', {
      class: 'TypeError',
      stack: stack('ship (…/shop/orders/ship.ts:1:1)'),
    });
    const why = whyOneGroup('order.placed', fingerprintOf(seen));
    for (const part of ['order.placed', 'TypeError', '“order <number> has no lines”', 'ship orders/ship.ts'])
      expect(why).toContain(part);
    expect(whyOneGroup(null, fingerprintOf(failed('x')))).toContain('No handler ran');
  });
});
