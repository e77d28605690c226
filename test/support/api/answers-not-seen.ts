/** Documented answers that no test of the API gets, by route and status, each with the reason. */
export const unseenAnswers: Readonly<Record<string, string>> = {};

/** The same for codes of problems. */
export const unseenCodes: Readonly<Record<string, string>> = {};
