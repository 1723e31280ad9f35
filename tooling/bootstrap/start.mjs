// npm start: from a bare clone to speech. Needs Node and npm alone.
import { join } from 'node:path';
import { advice } from './src/advice.mjs';
import { Failure, runMain } from './src/failure.mjs';
import { install } from './src/install.mjs';
import { run } from './src/process.mjs';
import { turbo } from './src/turbo.mjs';
import { ROOT } from './src/workspace.mjs';

await runMain(async () => {
  const env = await install();
  console.log('Building: a minute or two the first time …');
  const build = await turbo(['build'], env, {
    quiet: true,
    onTask: (task) => console.log(`  ${task}`),
  });
  if (build.code !== 0) throw new Failure(`the build failed. ${advice(build.tail)}`);
  console.log('');
  const demo = await run(
    process.execPath,
    [join(ROOT, 'packages/cli/bin/hifigan.js'), 'demo', ...process.argv.slice(2)],
    { cwd: ROOT, env },
  );
  return demo.code;
});
