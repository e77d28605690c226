/** Filters from an address, as texts. What is no filter is given to the API, too, which refuses it: none is left out unsaid. */
export function readTexts(search: Record<string, unknown>): Record<string, string> {
  const filters: Record<string, string> = {};
  for (const [name, value] of Object.entries(search))
    if (value !== undefined && value !== null && value !== '')
      filters[name] = typeof value === 'string' ? value : JSON.stringify(value);
  return filters;
}
