import { createEmbeddedPlace } from '../../support/event-log/embedded/embedded-place.ts';
import { describeEventLog } from './suite.ts';

describeEventLog('embedded', {
  createPlace: async () => createEmbeddedPlace(),
  lacks: {
    connection: 'the embedded log has no connection: it is a file of this process',
    users: 'the embedded log has no users: whoever may read the file may use it',
  },
});
