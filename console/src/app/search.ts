/** Filters that are texts, from an address. What is no filter there is left out; one whose value the API refuses is an error on the page. */
export function readTexts<Name extends string>(
  names: readonly Name[],
  search: Record<string, unknown>,
): { readonly [Each in Name]?: string } {
  const filters: { [Each in Name]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (value !== undefined && value !== null && value !== '')
      filters[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return filters;
}
