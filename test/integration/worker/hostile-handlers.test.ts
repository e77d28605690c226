import { startProcess } from '../../../src/worker/isolation/start-process.ts';
import { describeHostileHandlers } from '../../support/isolation/hostile-handlers.ts';
import { playEmbedded } from '../../support/isolation/play-embedded.ts';

describeHostileHandlers('handlers that would take others with them, all at once, in processes of their own', {
  play: (posts) => playEmbedded(posts, { start: startProcess, isolates: true }),
});
