const LOOP =
  /^( *)\/\/ unrolled\n\1for \(let (\w+) = 0; \2 < (\d+); \2\+\+\) \{\n([\s\S]*?)\n\1\}$/gm;

/**
 * Writes the body of each loop beneath a line `// unrolled` once for each of its numbers, which stands for the
 * loop's variable. The compiler does not unroll; yet addresses must be constants for a load to hold them, and sums that
 * live in registers cannot be named by a number.
 *
 * @param {string} source AssemblyScript, loops as our formatter lays them out; they do not nest
 * @param {string} file for messages
 * @throws {Error} where a loop is not understood
 */
export function unroll(source, file) {
  const unrolled = source.replace(LOOP, (_, indent, variable, count, body) =>
    Array.from({ length: Number(count) }, (_, number) => {
      const copy = body.replaceAll(new RegExp(`\\b${variable}\\b`, 'g'), `${number}`);
      return `${indent}{\n${copy}\n${indent}}`;
    }).join('\n'),
  );
  if (/^ *\/\/ unrolled$/m.test(unrolled)) {
    throw new Error(
      `${file}: what follows "// unrolled" must be "for (let k = 0; k < 4; k++) {" with a number, and its end, because no other loop is understood`,
    );
  }
  return unrolled;
}
