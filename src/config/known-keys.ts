import { z } from 'zod';

/** The keys that may stand at a place of the configuration; none where the schema does not say. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema;
  for (const key of path) {
    const inner = unwrapped(here);
    here =
      inner instanceof z.ZodObject
        ? inner.shape[String(key)]
        : inner instanceof z.ZodRecord
          ? inner.valueType
          : undefined;
  }
  const inner = unwrapped(here);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Where else a key of this name may stand, keys joined by dots: what was indented wrongly belongs there. */
export function placesOfKey(schema: z.ZodType, name: string): string[] {
  const found: string[] = [];
  const visit = (here: unknown, path: readonly string[]): void => {
    const inner = unwrapped(here);
    if (!(inner instanceof z.ZodObject) || path.length > 5) return;
    for (const [key, value] of Object.entries(inner.shape)) {
      if (key === name) found.push([...path, key].join('.'));
      visit(value, [...path, key]);
    }
  };
  visit(schema, []);
  return found;
}

/** The section of "true, false or a section" is the section. */
function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.find((one) => one instanceof z.ZodObject);
  return schema;
}
