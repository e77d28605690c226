import { type ProblemCode, statusOf } from '../../../src/api/problem-details.ts';
import { problemsWithoutRoute } from '../../../src/api/route-problems.ts';
import { routes } from '../../../src/api/routes/routes.ts';
import { unseenAnswers, unseenCodes } from './answers-not-seen.ts';
import type { AnswersSeen } from './answers-seen-file.ts';

/** What is answered before there is a route is the same for all of them. */
const isEarly = (code: ProblemCode) => problemsWithoutRoute.some((each) => each === code);

/** Every answer that the document has, as route and status, but for those that come before there is a route. */
const documentedAnswers = (): readonly string[] =>
  routes.flatMap(({ name, answers, problems }) => {
    const refused = problems.filter((code) => !isEarly(code)).map((code) => statusOf({ code }));
    return [...new Set([...Object.keys(answers).map(Number), ...refused])].map((status) => `${name} ${status}`);
  });

const documentedCodes = (): readonly string[] => [...new Set(routes.flatMap(({ problems }) => problems))];

/** What tests of the API did not see though the document has it, or saw though they are said not to. */
export function differencesFrom(seen: readonly AnswersSeen[]): readonly string[] {
  const answers = new Set(seen.map(({ route, status }) => `${route} ${status}`));
  const codes = new Set(seen.flatMap(({ code }) => code ?? []));
  return [
    ...unseen('the answer', documentedAnswers(), (answer) => answers.has(answer), unseenAnswers),
    ...unseen('the problem code', documentedCodes(), (code) => codes.has(code), unseenCodes),
  ];
}

function unseen(
  what: string,
  documented: readonly string[],
  isSeen: (each: string) => boolean,
  listed: Readonly<Record<string, string>>,
): readonly string[] {
  const isListed = (each: string) => listed[each] !== undefined;
  return [
    ...documented
      .filter((each) => !isSeen(each) && !isListed(each))
      .map((each) => `no test of the API saw ${what} ${each}, which the document has`),
    ...Object.keys(listed)
      .filter((each) => isSeen(each) || !documented.includes(each))
      .map((each) => `${what} ${each} is listed as one that no test sees: it was seen, or is not in the document`),
  ];
}
