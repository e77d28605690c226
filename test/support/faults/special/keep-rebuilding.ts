import { setTimeout as pause } from 'node:timers/promises';
import { askOnce, type Service } from '../load/ask.ts';

const LOOK_EVERY_MS = 100;

interface Rebuild {
  readonly id: string;
  readonly step: string;
  readonly report: { readonly rowsThatDiffer: number; readonly differences: unknown } | null;
}

export interface Rebuilding {
  /** What comparisons have found, each once. */
  readonly differences: readonly unknown[];
  /** Rebuilds that came to each end. */
  readonly promoted: number;
  stop(): Promise<void>;
}

/**
 * An operator who does all that can be done about the rebuilds of a read model, again and again, and goes by what the log says
 * after each kill: compares twice, promotes, goes back, drops what is not needed any more, and cancels.
 */
export function keepRebuilding(service: Service, projection: string): Rebuilding {
  const path = `/v1/projections/${projection}/rebuilds`;
  const differences: unknown[] = [];
  let isStopping = false;
  let number = 0;
  let promoted = 0;
  const compared = new Set<string>();

  const post = (to: string, body: object = {}) =>
    askOnce(service, 0, { path: to, body: JSON.stringify({ reason: 'again and again', ...body }) });

  async function last(): Promise<Rebuild | null> {
    const answer = await askOnce(service, 0, { path: '/v1/projections' });
    const items = (answer?.body as { readonly items?: readonly { name: string; rebuild: Rebuild | null }[] })?.items;
    return items?.find(({ name }) => name === projection)?.rebuild ?? null;
  }

  async function act(rebuild: Rebuild | null): Promise<void> {
    if (rebuild === null || rebuild.step === 'dropped') {
      number++;
      await post(path);
    } else if (rebuild.step === 'compared') {
      if ((rebuild.report?.rowsThatDiffer ?? 0) > 0) differences.push(rebuild.report?.differences);
      if (number % 3 === 0) await post(`${path}/${rebuild.id}/cancel`);
      else if (!compared.has(rebuild.id)) {
        compared.add(rebuild.id);
        await post(`${path}/${rebuild.id}/compare`);
      } else await post(`${path}/${rebuild.id}/promote`, { acceptDifferences: true });
    } else if (rebuild.step === 'promoted') {
      promoted++;
      await post(`${path}/${rebuild.id}/${number % 3 === 1 ? 'rollback' : 'drop'}`);
    }
  }

  const running = (async () => {
    while (!isStopping) {
      await act(await last());
      await pause(LOOK_EVERY_MS);
    }
  })();
  return {
    differences,
    get promoted() {
      return promoted;
    },
    async stop() {
      isStopping = true;
      await running;
    },
  };
}
