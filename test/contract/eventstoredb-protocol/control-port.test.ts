import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';
import { connectToControl, type RemoteFaults } from '../../support/eventstoredb/faults/control-client.ts';
import { type ControlPort, listenForControl } from '../../support/eventstoredb/faults/control-port.ts';

const here = withServer();
let port: ControlPort;
let faults: RemoteFaults;
beforeAll(async () => {
  port = await listenForControl(here.server.faults, 0);
  faults = await connectToControl(port.port);
});
afterAll(async () => {
  faults.close();
  await port.close();
});

describe('the switches, from outside', () => {
  it('set and lift faults, and tell when they have struck', async () => {
    const { conversation, stream } = here;
    await faults.set({ fault: 'fail', code: 14, details: 'from outside' });
    const struck = faults.struck('fail');

    expect(await conversation.read({ stream })).toEqual(['UNAVAILABLE: from outside']);
    await struck;
    await faults.lift();
    expect(await conversation.read({ stream })).toEqual(['not-found']);
  });

  it('end subscriptions and drop connections', async () => {
    const subscription = here.conversation.subscribe({ stream: here.stream });
    await faults.subscribed(1);

    expect(await faults.endSubscriptions('complete')).toBe(1);
    expect((await subscription.wordsUntil()).at(-1)).toBe('complete');
    expect(await faults.dropConnections()).toBeGreaterThan(0);
    here.conversation.reconnect();
  });

  it('take a backup and restore it', async () => {
    const { conversation, stream, prefix } = here;
    const backup = await faults.backup();
    await conversation.append(stream, 'any', [`${prefix}lost`]);
    await faults.restore(backup);
    conversation.reconnect();

    expect(await conversation.read({ stream })).toEqual(['not-found']);
  });

  it('refuse a backup of another log', async () => {
    await expect(faults.restore(10 ** 15)).rejects.toThrow('1000000000000000 is no place of this log, which ends at');
  });
});
