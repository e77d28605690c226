import { features } from '../stubs.ts';
import { answerOnce } from './answer-once.ts';
import { type ServerContext, suffer } from './server-context.ts';

/** The one whose answers this server gives. */
const VERSION = '24.10.14';

/** Only what is there: clients choose by it what they ask for. */
const METHODS: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
  ['event_store.client.streams.streams', 'read', 'position', 'events'],
  ['event_store.client.streams.streams', 'append'],
  ['event_store.client.streams.streams', 'delete'],
  ['event_store.client.streams.streams', 'tombstone'],
  ['event_store.client.streams.streams', 'batchappend', 'deadline_duration'],
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
];

export const serverFeaturesRpc = (context: ServerContext) =>
  answerOnce(async () => {
    await suffer(context, 'features');
    const methods = METHODS.map(([service, method, ...supported]) =>
      new features.SupportedMethod().setServiceName(service).setMethodName(method).setFeaturesList(supported),
    );
    return new features.SupportedMethods().setEventStoreServerVersion(VERSION).setMethodsList(methods);
  });
