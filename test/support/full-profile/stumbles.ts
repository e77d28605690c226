/** Which of the numbered events fail at their first attempt. */
export const stumbles = (number: number) => number % 3 === 0;
