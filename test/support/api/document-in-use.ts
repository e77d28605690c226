import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Described {
  readonly schema: object;
}

export interface DescribedParameter extends Described {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  /** Each member of the object is a parameter. */
  readonly explode?: boolean;
}

export interface DescribedAnswer {
  readonly headers?: Readonly<Record<string, Described & { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, Described>>;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly DescribedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Described>> };
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
}

interface ApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

/** As it is published: what clients are generated from, and not what it was written from. */
const document: ApiDocument = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));

/** By the name of the route. */
export const operations: ReadonlyMap<string, DescribedOperation> = new Map(
  Object.values(document.paths).flatMap((item) =>
    Object.values(item).map((operation) => [operation.operationId, operation] as const),
  ),
);

// OpenAPI 3.1 is JSON Schema 2020-12 with words of its own, which a validator passes over.
const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
formats.default(ajv);
// The pattern beside it says it all.
ajv.addFormat('base64', true);
const root = 'openapi.json';
ajv.addSchema({ $id: root, components: document.components }, root, undefined, false);

const validators = new WeakMap<object, ValidateFunction>();

/** What is wrong with a value by a schema of the document; `null` when nothing is. */
export function faultOf(schema: object, value: unknown): string | null {
  const known = validators.get(schema);
  const isValid = known ?? ajv.compile(withAbsoluteReferences(schema));
  validators.set(schema, isValid);
  return isValid(value) ? null : ajv.errorsText(isValid.errors);
}

const withAbsoluteReferences = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${root}#/`));

export const problemSchema: object = document.components.schemas['Problem'] ?? {};
