/**
 * Texts as one value of an array type. `pg` writes arrays, too, at twice the cost. `json_to_recordset` takes PostgreSQL three times
 * as long to read, for rows with payloads.
 */
export const arrayLiteral = (values: readonly (string | number | boolean | null | undefined)[]): string =>
  `{${values.map(element).join(',')}}`;

const element = (value: string | number | boolean | null | undefined): string => {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : String(value);
};
