import type { Company } from '../domain/event/suspicion.ts';

export const companyLimits = {
  /**
   * Events at once of company `few`: they were in progress when a worker ended. As many as a worker begins with
   * (concurrency-limit.ts), because most are innocent.
   */
  fewAtOnce: 64,
  /** Each takes a process of handlers for itself. */
  ownProcessAtOnce: 4,
} as const;
export type CompanyLimits = { readonly [Name in keyof typeof companyLimits]: number };

/** To be called once the event's run has ended. */
export type Leave = () => void;

/** Which events may run at the same time: admission by company, the group that an event's earlier runs put it into. */
export interface Companies {
  /**
   * Lets an event in once what it may run beside allows it: at once, or later with a promise. `null` when nothing may be
   * begun any more. To be asked before an attempt is claimed, so that a waiting event has no lease and is no suspect.
   */
  enter(company: Company): Leave | Promise<Leave | null>;
}

interface Waiting {
  readonly company: Company;
  readonly admit: (leave: Leave | null) => void;
}

/**
 * Keeps events that may have ended processes from running beside others (see domain/event/suspicion.ts). Where handlers
 * run in processes of their own, `alone` is one at a time beside everything else, because nothing else could end the
 * worker; where they run in the worker, everything else waits.
 *
 * @param letGo aborts when nothing may be begun any more.
 */
export function createCompanies(
  isolates: boolean,
  letGo: AbortSignal,
  { fewAtOnce, ownProcessAtOnce }: CompanyLimits = companyLimits,
): Companies {
  const running: Record<Company, number> = { any: 0, few: 0, 'own-process': 0, alone: 0 };
  let waiting: Waiting[] = [];
  letGo.addEventListener('abort', () => {
    for (const { admit } of waiting.splice(0)) admit(null);
  });

  const isBusy = () => running.any + running.few + running['own-process'] > 0;
  const mayEnter = (company: Company): boolean => {
    if (!isolates && running.alone > 0) return false;
    switch (company) {
      case 'any':
        return true;
      case 'few':
        return running.few < fewAtOnce;
      case 'own-process':
        return running['own-process'] < ownProcessAtOnce;
      case 'alone':
        return running.alone === 0 && (isolates || !isBusy());
    }
  };
  const letIn = (company: Company): Leave => {
    running[company]++;
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      running[company]--;
      if (waiting.length > 0) admitWaiting();
    };
  };
  /** In their order, company by company; who waits to be alone holds back what comes after, or would wait forever. */
  const admitWaiting = () => {
    const still: Waiting[] = [];
    for (const one of waiting) {
      const isHeldBack = !isolates && still.some(({ company }) => company === 'alone');
      if (!isHeldBack && mayEnter(one.company)) one.admit(letIn(one.company));
      else still.push(one);
    }
    waiting = still;
  };

  return {
    enter: (company) => {
      const isHeldBack = !isolates && waiting.some((one) => one.company === 'alone');
      if (!isHeldBack && mayEnter(company)) return letIn(company);
      if (letGo.aborted) return Promise.resolve(null);
      return new Promise((admit) => void waiting.push({ company, admit }));
    },
  };
}
