/** How a command shows what a system answered. */
export const outputForms = ['table', 'json'] as const;
export type OutputForm = (typeof outputForms)[number];
