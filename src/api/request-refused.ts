import type { Problem } from './problem-details.ts';

/** A request that is refused where no answer can be sent: the error handler sends the problem. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}
