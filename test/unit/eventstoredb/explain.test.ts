import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/adapters/eventstoredb/explain.ts';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';
import { refuseOldServer } from '../../../src/adapters/eventstoredb/server-version.ts';

const address = parseAddress('esdb://admin:s%2Fcret@log.example:2113');
const tooOld = (() => {
  try {
    return refuseOldServer('23.10.0');
  } catch (error) {
    return error;
  }
})();

describe('what keeps us from EventStoreDB', () => {
  it.each([
    ['14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:9', 'cannot be reached'],
    ['14 UNAVAILABLE: Name resolution failed for target dns:nowhere', 'cannot be reached'],
    ['14 UNAVAILABLE: No connection established. Last error: self-signed certificate', 'tlsCAFile'],
    ['14 UNAVAILABLE: No connection established. Last error: unable to verify the first certificate', 'tlsCAFile'],
    [
      "14 UNAVAILABLE: No connection established. Last error: Host does not match certificate's altnames",
      'another name',
    ],
    ['14 UNAVAILABLE: No connection established. Last error: certificate has expired', 'check its certificate'],
    ['14 UNAVAILABLE: No connection established. Last error: Failed to connect', 'takes no connection'],
    ['Failed to discover after 1 attempts.', 'has no node that answers'],
    ['7 PERMISSION_DENIED: Access Denied', 'refuses the user'],
    ['16 UNAUTHENTICATED: ', 'refuses the user'],
    ['14 UNAVAILABLE: Server Is Not Ready', 'is not ready'],
    ['14 UNAVAILABLE: Server Is Too Busy', 'is too busy'],
    ['5 NOT_FOUND: Leader info available', 'is not the leader'],
    ['12 UNIMPLEMENTED: Received HTTP status code 404', 'did not speak its protocol'],
    ['13 INTERNAL: Received RST_STREAM … Protocol error', 'did not speak its protocol'],
    ['calls timed out, and none was answered', 'stays silent'],
    ['14 UNAVAILABLE: Connection dropped', 'dropped the connection'],
    ['the subscription was ended by the server', 'dropped the connection'],
  ])('is said in a sentence that names the part and the host: %s', (message, says) => {
    const text = explain(new Error(message), address);
    expect(text).toContain('EventStoreDB at esdb://log.example:2113 ');
    expect(text).toContain(says);
  });

  it('names the version of a server that is too old, and what to do', () => {
    expect(explain(tooOld, address)).toMatch(/has version 23\.10\.0.*upgrade/);
  });

  it.each(['s/cret', 's%2Fcret', Buffer.from('admin:s/cret').toString('base64')])(
    'is said without the password, also in words that nobody knew: %s',
    (form) => {
      const text = explain(new Error(`odd: ${form}`), address);
      expect(text).toContain('failed: Error: odd');
      expect(text).not.toContain(form);
    },
  );
});
