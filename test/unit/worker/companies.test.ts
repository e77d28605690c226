import { describe, expect, it } from 'vitest';
import type { Company } from '../../../src/domain/event/suspicion.ts';
import { createCompanies } from '../../../src/worker/companies.ts';

/** Enters in this order and says who is in, whatever leaves. */
function scene(isolates: boolean, limits = { fewAtOnce: 2, ownProcessAtOnce: 2 }) {
  const letGo = new AbortController();
  const companies = createCompanies(isolates, letGo.signal, limits);
  const inside = new Set<string>();
  const leaves = new Map<string, () => void>();
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return [...inside].sort();
  };
  return {
    letGo,
    settled,
    enter: (name: string, company: Company) => {
      const admit = (leave: (() => void) | null) => {
        if (leave === null) return;
        inside.add(name);
        leaves.set(name, leave);
      };
      const entered = companies.enter(company);
      if (entered instanceof Promise) void entered.then(admit);
      else admit(entered);
    },
    leave: (name: string) => {
      inside.delete(name);
      leaves.get(name)?.();
    },
  };
}

describe('events that may have ended processes', () => {
  it.each([1, 2, 3])('run beside at most as many of their kind as the limit says: %i', async (most) => {
    const { enter, leave, settled } = scene(true, { fewAtOnce: most, ownProcessAtOnce: most });
    for (const company of ['few', 'own-process'] as const)
      for (let each = 0; each < 5; each++) enter(`${company}-${each}`, company);
    expect(await settled()).toHaveLength(2 * most);
    leave('few-0');
    leave('own-process-0');
    expect(await settled()).toHaveLength(2 * most);
  });

  it('hold back no event that is above suspicion', async () => {
    const { enter, settled } = scene(true);
    for (let each = 0; each < 5; each++) enter(`few-${each}`, 'few');
    enter('alone-0', 'alone');
    enter('any', 'any');
    expect(await settled()).toContain('any');
  });

  it('run one at a time when they have to be alone', async () => {
    const { enter, leave, settled } = scene(true);
    for (let each = 0; each < 3; each++) enter(`alone-${each}`, 'alone');
    expect(await settled()).toEqual(['alone-0']);
    leave('alone-0');
    expect(await settled()).toEqual(['alone-1']);
  });

  it('are beside nothing at all when they have to be alone where handlers run in the worker', async () => {
    const { enter, leave, settled } = scene(false);
    enter('before', 'any');
    enter('alone', 'alone');
    enter('after', 'any');
    expect(await settled()).toEqual(['before']);
    leave('before');
    expect(await settled()).toEqual(['alone']);
    leave('alone');
    expect(await settled()).toEqual(['after']);
  });

  it('do not begin any more once the worker lets go', async () => {
    const { enter, leave, letGo, settled } = scene(true);
    enter('one', 'alone');
    enter('two', 'alone');
    letGo.abort();
    leave('one');
    expect(await settled()).toEqual([]);
  });
});
