import type { Plugin } from 'vite';

/** Where programs for the GPU stand in template strings, as their authors indent them. */
const SHADERS = /\/(tfjs-backend-webgpu|backend-webgpu)\//;

/** Takes the indentation out of WGSL, where it means nothing: no minifier looks into strings. */
export function shortShaders(): Plugin {
  return {
    name: 'short-shaders',
    apply: 'build',
    transform(code, id) {
      if (!SHADERS.test(id)) return undefined;
      return { code: code.replace(/\n[ \t]+/g, '\n'), map: null };
    },
  };
}
