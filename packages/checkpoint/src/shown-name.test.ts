import { describe, expect, it } from 'vitest';
import { quotedName, shownName, shownText } from './shown-name.js';

describe('shownName', () => {
  it.each([
    ['net_g.conv_pre', 'net_g.conv_pre'],
    ['a"b c, größer 音', 'a"b c, größer 音'],
    ['\x1b[2Jgone', '"\\u001b[2Jgone"'],
    ['a\nb', '"a\\nb"'],
    // What begins a command in one letter, and what turns text around: JSON leaves both.
    ['\x9b2J', '"\\u009b2J"'],
    ['\u202egnp', '"\\u202egnp"'],
    ['\u2028', '"\\u2028"'],
  ])('shows %j', (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  it('cuts what is long, before it is escaped', () => {
    expect(shownName('x'.repeat(1e6))).toBe(`${'x'.repeat(100)}…`);
    expect(shownName('\0'.repeat(1e6))).toHaveLength(2 + 6 * 100 + 1);
  });
});

describe('shownText', () => {
  it('escapes without cutting', () => {
    expect(shownText('x'.repeat(500))).toBe('x'.repeat(500));
    expect(shownText(`${'x'.repeat(500)}\x1b[2J`)).toBe(`"${'x'.repeat(500)}\\u001b[2J"`);
  });
});

describe('quotedName', () => {
  it('is the name again, read as JSON', () => {
    for (const name of ['', 'a"b\\', '\x1b\x9b\u202e\u{e0001}x', 'y'.repeat(500)]) {
      expect(JSON.parse(quotedName(name))).toBe(name);
    }
  });
});
