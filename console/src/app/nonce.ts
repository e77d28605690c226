/** Which styles the page may have: the server writes it into each answer. */
export const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[name=nonce]')?.content ?? '';
