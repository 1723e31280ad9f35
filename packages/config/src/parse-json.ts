import { ConfigError } from './config-error.js';

/** Parses JSON text; where it is not, says at which line and column, and what is the likely slip. */
export function parseJson(text: string, where: string): unknown {
  const clean = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(clean);
  } catch {
    const at = firstFault(clean);
    const before = clean.slice(0, at);
    const place = `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
    const empty = clean.trim() === '';
    throw new ConfigError(where, [
      {
        path: '',
        message: empty
          ? 'it is empty and must be a JSON object; begin with: hifigan config init v1'
          : `not valid JSON at ${place}: ${reason(before, clean.slice(at))}`,
      },
    ]);
  }
}

/** Where JSON text stops being JSON: engines do not agree on whether and how they say it. */
function firstFault(text: string): number {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at += match?.[0].length ?? 0;
    return match !== null;
  };
  const space = () => skip(/[ \t\r\n]*/y);
  const literal = () =>
    skip(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)|(?:true|false|null)(?!\w)/y) ||
    string();
  const string = () => skip(/"(?:[^"\\\n\r\t]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*"/y);
  const pair = () => string() && space() && skip(/:/y) && value();
  const list = (close: RegExp, item: () => boolean): boolean => {
    space();
    if (skip(close)) return true;
    do {
      space();
      if (!item()) return false;
      space();
    } while (skip(/,/y));
    return skip(close);
  };
  const value = (): boolean => {
    space();
    if (skip(/\{/y)) return list(/\}/y, pair);
    if (skip(/\[/y)) return list(/\]/y, value);
    return literal();
  };
  value();
  space();
  return at;
}

function reason(before: string, rest: string): string {
  const next = JSON.stringify(rest.split('\n')[0].slice(0, 20));
  if (rest === '') return 'it ends too early; copy the file again, or close its brackets';
  if (/,\s*$/.test(before) && /^[}\]]/.test(rest)) return 'remove the comma before this bracket';
  if (/^(\/\/|\/\*|#)/.test(rest)) return 'JSON has no comments; remove this one';
  if (/^'/.test(rest)) return 'texts need double quotes';
  if (/^[-+]?[A-Za-z]/.test(rest)) {
    return `${/^[-+]?\w+/.exec(rest)?.[0]} is not JSON; write a number, a text in double quotes, null, true or false`;
  }
  if (/["\d\]}el]\s*$/.test(before) && /^["[{\d]/.test(rest))
    return `a comma is missing before ${next}`;
  return `${next} cannot stand here; check quotes, commas and brackets`;
}
