import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Folders that hold packages, as in pnpm-workspace.yaml. */
const ROOMS = ['packages', 'apps', 'tooling'];

/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder relative to the root, with `/`
 * @property {Record<string, any>} manifest any: a package.json is read as it is
 */

/**
 * @param {string} [root]
 * @returns {WorkspacePackage[]} sorted by folder
 */
export function workspacePackages(root = ROOT) {
  return ROOMS.flatMap((room) =>
    existsSync(join(root, room))
      ? readdirSync(join(root, room)).map((name) => `${room}/${name}`)
      : [],
  )
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((folder) => ({ folder, manifest: readJson(join(root, folder, 'package.json')) }));
}

/** @param {string} path @returns {any} any: JSON */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
