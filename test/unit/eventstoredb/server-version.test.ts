import { describe, expect, it } from 'vitest';
import { refuseOldServer } from '../../../src/adapters/eventstoredb/server-version.ts';

describe('the version of a server to subscribe to', () => {
  it.each(['24.10.5', '24.10.14', '24.10.5.1234', '25.0.1', '25.1.0', '26.0.0-rc.1', 'unknown', ''])(
    'may be %s',
    (version) => {
      expect(() => refuseOldServer(version)).not.toThrow();
    },
  );

  it.each(['5.0.11', '20.10.2', '23.10.7', '24.6.0', '24.10.0', '24.10.4', '25.0.0'])(
    'may not be %s, whose filtered subscriptions can skip transitions',
    (version) => {
      expect(() => refuseOldServer(version)).toThrow(`has version ${version}`);
    },
  );
});
