/** PostgreSQL's text holds any character but NUL, and no half of a pair; what others wrote may hold both. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
