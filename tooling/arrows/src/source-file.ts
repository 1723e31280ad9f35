import ts from 'typescript';

/** One file of a package, as far as the checks need it. */
export interface SourceFile {
  /** Relative to the package, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Files of tests, and scripts that make a package, may use development dependencies. */
  readonly isTest: boolean;
}

/** What a file names: `import`, `export … from`, `import()`, `require()`, `import.meta.resolve()`. */
export function importsOf(file: SourceFile): readonly string[] {
  const known = imports.get(file);
  if (known) return known;
  const found = scan(file);
  imports.set(file, found);
  return found;
}

const imports = new WeakMap<SourceFile, readonly string[]>();

function scan({ text }: SourceFile): string[] {
  const scanned = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const resolved = text.matchAll(/\b(?:import\.meta|require)\.resolve\(\s*(['"`])([^'"`$]+)/g);
  return [...new Set([...scanned, ...[...resolved].map((match) => match[2]!)])];
}

/** Whether a file names a package in any string, as where it is resolved from an application's place. */
export function mentions({ text }: SourceFile, name: string): boolean {
  return ["'", '"', '`'].some((quote) =>
    [quote, '/'].some((end) => text.includes(`${quote}${name}${end}`)),
  );
}

/** The modules that a file loads when it runs: what it imports for types alone is left out. */
export function loadsOf(file: SourceFile): string[] {
  return parse(file).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || isTypeOnly(statement))
      return [];
    return [moduleSpecifier.text];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** What a file does when it is imported: calls at its top level, and imports for their effect. */
export function effectsOf(file: SourceFile): string[] {
  return parse(file).statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement) && !statement.importClause) {
      return [statement.getText()];
    }
    if (!ts.isExpressionStatement(statement)) return [];
    const inner = ts.isAwaitExpression(statement.expression)
      ? statement.expression.expression
      : statement.expression;
    return ts.isCallExpression(inner) ? [`${inner.expression.getText()}(…)`] : [];
  });
}

/** The names that a file calls, the last part of each: `setBackend` for `tf.setBackend('cpu')`. */
export function callsOf(file: SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const { expression } = node;
      if (ts.isIdentifier(expression)) names.add(expression.text);
      if (ts.isPropertyAccessExpression(expression)) names.add(expression.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return names;
}

const parsed = new WeakMap<SourceFile, ts.SourceFile>();

function parse(file: SourceFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  parsed.set(file, tree);
  return tree;
}
