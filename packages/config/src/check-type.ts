import type { ConfigProblem } from './config-error.js';
import type { Schema } from './schema.js';

/** Holds a value against its schema; every problem with its path. A configuration is small, so nothing stops early. */
export function checkType(value: unknown, schema: Schema, path: string): ConfigProblem[] {
  const problem = (must: string, advice = ''): ConfigProblem[] => [
    { path, message: `${show(value)} must be ${must}${advice && `; ${advice}`}` },
  ];
  if (schema.enum) {
    if (schema.enum.includes(value)) return [];
    const quoted = schema.enum.includes(String(value));
    return problem(
      schema.enum.map(show).join(' or '),
      quoted ? `write it in quotes: ${show(String(value))}` : '',
    );
  }
  const types = [schema.type ?? []].flat();
  if (!types.some((type) => isA(value, type as string))) {
    const unquoted =
      typeof value === 'string' && types.some((type) => isA(Number(value), type as string));
    return problem(
      describe(schema),
      unquoted && value.trim() !== '' ? `write it without quotes: ${Number(value)}` : '',
    );
  }
  if (typeof value === 'number' && !inRange(value, schema)) return problem(describe(schema));
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) return problem(describe(schema));
    return value.flatMap((item, i) => checkType(item, schema.items as Schema, `${path}[${i}]`));
  }
  if (schema.properties && isRecord(value)) {
    return Object.entries(schema.properties).flatMap(([key, inner]) =>
      key in value ? checkType(value[key], inner, path ? `${path}.${key}` : key) : [],
    );
  }
  return [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isA(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    default:
      return typeof value === type;
  }
}

function inRange(value: number, schema: Schema): boolean {
  return (
    value >= (schema.minimum ?? value) &&
    value <= (schema.maximum ?? value) &&
    (schema.exclusiveMinimum === undefined || value > schema.exclusiveMinimum) &&
    (schema.exclusiveMaximum === undefined || value < schema.exclusiveMaximum)
  );
}

/** "a whole number of at least 1", "a list of at least 1 of: …". */
function describe(schema: Schema): string {
  const types = [schema.type ?? []].flat().map((type) => NAMES[type as string] ?? `a ${type}`);
  const bounds = [
    schema.minimum !== undefined && `of at least ${schema.minimum}`,
    schema.exclusiveMinimum !== undefined && `above ${schema.exclusiveMinimum}`,
    schema.maximum !== undefined && `of at most ${schema.maximum}`,
    schema.exclusiveMaximum !== undefined && `below ${schema.exclusiveMaximum}`,
  ].filter(Boolean);
  const what = [
    types[0],
    bounds.join(' and '),
    types
      .slice(1)
      .map((type) => `or ${type}`)
      .join(' '),
  ]
    .filter(Boolean)
    .join(' ');
  return schema.items ? `a list, not empty, of ${plural(schema.items)}` : what;
}

function plural(schema: Schema): string {
  return schema.items
    ? `lists of ${plural(schema.items)}`
    : `whole numbers of at least ${schema.minimum}`;
}

const NAMES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  null: 'null',
  array: 'a list',
  object: 'an object',
  string: 'a text',
  boolean: 'true or false',
};

/** A value as JSON, cut where it is long. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
