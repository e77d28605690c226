import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { commandBusContract } from './suite.ts';

commandBusContract({ name: 'embedded', open: async () => new EmbeddedBus() });
