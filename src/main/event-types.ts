import type { z } from 'zod';
import type { eventTypeAnswer, eventTypeListAnswer } from '../api/answers/event-type.ts';
import type { EventTypesActions } from '../cli/event-types.ts';
import type { Config } from '../config/config.ts';
import { askSystem } from './ask-system.ts';
import { askWhetherMeant } from './ask-whether-meant.ts';
import { printList } from './print-list.ts';
import { print } from './results-of-commands.ts';
import { plain, textTable } from './terminal-text.ts';

type Type = z.output<typeof eventTypeAnswer>;
type Types = z.output<typeof eventTypeListAnswer>;

/** What the commands about types of events do. */
export const eventTypesActions = (config: Config): EventTypesActions => ({
  async list(output) {
    const { items, waitingIsComplete } = await askSystem<Types>(config, { path: '/v1/types' });
    await printList(items, output, drawTypes);
    if (!waitingIsComplete) process.stderr.write('More wait than were counted\n');
  },

  async operate({ name, act, reason, yes, output }) {
    if (name.endsWith('*') && !yes) {
      const { items } = await askSystem<Types>(config, { path: '/v1/types' });
      const touched = items.filter((each) => each.name === name || each.name.startsWith(name.slice(0, -1)));
      process.stderr.write(drawTypes(touched));
      await askWhetherMeant(`${act} ${plain(name)}`);
    }
    const type = await askSystem<Type>(config, {
      path: `/v1/types/${encodeURIComponent(name)}/${act}`,
      body: { reason },
    });
    const said = `${plain(type.name)} ${type.pause === null ? 'goes on' : 'is paused'}; ${type.waiting ?? 'it is not known how many'} events wait\n`;
    await print(output === 'table' ? said : `${JSON.stringify(type)}\n`);
  },
});

const drawTypes = (types: readonly Type[]) =>
  textTable(
    ['TYPE', 'HANDLER', 'REPLAY', 'WAITING', 'PAUSED', 'BY', 'REASON'],
    types.map(({ name, handler, waiting, pause }) => [
      ...[plain(name), handler === null ? '-' : plain(handler.name), handler?.replay ?? '-', String(waiting ?? '-')],
      ...(pause === null ? ['-', '', ''] : [pause.since, plain(pause.by), plain(pause.reason)]),
    ]),
  );
