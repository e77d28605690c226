/** The token of this tab, which ends with it: in no address, and not where other tabs or later visits find it. */
const NAME = 'eventops.token';

export const storedToken = (): string | null => sessionStorage.getItem(NAME);
export const storeToken = (token: string): void => sessionStorage.setItem(NAME, token);
export const forgetToken = (): void => sessionStorage.removeItem(NAME);
