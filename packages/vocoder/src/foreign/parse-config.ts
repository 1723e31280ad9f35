import { ForeignError } from './foreign-error.js';

/**
 * A configuration as an object: JSON, or YAML where the name says so, whose tags (Python's tuples) are passed over.
 *
 * @throws ForeignError where it is none
 */
export async function parseConfig(
  bytes: Uint8Array,
  name: string,
  where: string,
): Promise<unknown> {
  const text = new TextDecoder().decode(bytes);
  try {
    if (/\.json$/i.test(name)) return JSON.parse(text);
    const { parseDocument } = await import('yaml');
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ForeignError(
      `${where}: must be ${/\.json$/i.test(name) ? 'JSON' : 'YAML'}, because the model is built after it: ${reason}; copy it again`,
      { cause: error },
    );
  }
}
