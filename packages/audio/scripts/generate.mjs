// npm run generate: compiles assembly/ into src/generated/.
import { generate } from '@hifigan/assembly';

await generate(new URL('..', import.meta.url), {
  mel: [],
  refinement: ['assembly/refinement.ts'],
});
