import { afterAll } from 'vitest';
import { createProtocolPlace, stopProtocolServers } from '../../support/event-log/eventstoredb/protocol-place.ts';
import { describeEventLog } from './suite.ts';

afterAll(stopProtocolServers);

describeEventLog('EventStoreDB adapter and protocol server', { createPlace: createProtocolPlace, lacks: {} });
