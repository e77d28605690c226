/** What a server's or driver's failure means for an operator. */
export interface Explanation {
  readonly matches: RegExp;
  readonly says: string;
}

/** Of the first that matches; absent when none does. */
export const explained = (explanations: readonly Explanation[], text: string): string | undefined =>
  explanations.find(({ matches }) => matches.test(text))?.says;

/** No known text of a driver or server holds a password. This is for the unknown ones, whatever form it has there. */
export const withoutSecrets = (text: string, password: string | null, ...otherForms: readonly string[]): string =>
  [password ?? '', encodeURIComponent(password ?? ''), ...otherForms]
    .filter((form) => form !== '')
    .reduce((cleaned, form) => cleaned.replaceAll(form, '…'), text);
