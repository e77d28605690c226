/** How a command shows what a system answered. */
export const outputForms = ['table', 'json'] as const;
export type OutputForm = (typeof outputForms)[number];

/** The same of what may be a list: NDJSON has one item on each line. */
export const listForms = ['table', 'json', 'ndjson'] as const;
export type ListForm = (typeof listForms)[number];
