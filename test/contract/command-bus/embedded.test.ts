import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { metricsUnderTest } from '../../support/metrics/metrics-under-test.ts';
import { commandBusContract } from './suite.ts';

commandBusContract({ name: 'embedded', open: async () => new EmbeddedBus() });

commandBusContract({
  name: 'embedded, measured',
  open: async () => metricsUnderTest().metrics.measuredBus(new EmbeddedBus(), null),
});
