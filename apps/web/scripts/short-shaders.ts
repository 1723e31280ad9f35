import type { Plugin } from 'vite';

/** Where programs for the GPU stand in template strings, as their authors indent them. */
const SHADERS = /\/(tfjs-backend-webgpu|backend-webgpu)\//;

/** Takes indentation, empty lines and lines that are comments out of WGSL, where they mean nothing: no minifier looks into strings. */
export function shortShaders(): Plugin {
  return {
    name: 'short-shaders',
    apply: 'build',
    transform(code, id) {
      if (!SHADERS.test(id)) return undefined;
      const short = code.replace(/\n\s+/g, '\n').replace(/(?<=\n)\/\/.*\n/g, '');
      return { code: short, map: null };
    },
  };
}
