import { posix } from 'node:path';
import { ANY_PACKAGE, ARROWS, CHOICES, RESOLVED_FOR, rowOf, TFJS, TOOLS } from './arrows.js';
import { findCycle } from './cycle.js';
import type { Room } from './room.js';
import {
  callsOf,
  effectsOf,
  importsOf,
  loadsOf,
  mentions,
  type SourceFile,
} from './source-file.js';

/** All that is wrong with the imports of a workspace; empty where nothing is. */
export function check(rooms: readonly Room[]): string[] {
  return [
    ...rooms.flatMap((room) => [
      ...checkArrows(room, rooms),
      ...checkReach(room, rooms),
      ...checkDeclared(room, rooms),
      ...checkTfjs(room),
      ...checkEffects(room),
      ...checkFileCycles(room),
    ]),
    ...checkRoomCycles(rooms),
  ];
}

/** The package that a specifier names; nothing for relative ones and Node's own. */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|\/|node:|#|file:)/.test(specifier)) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

const where = (room: Room, file?: SourceFile): string =>
  [room.floor, room.name, file?.path].filter(Boolean).join('/');

const sources = (room: Room): SourceFile[] => room.files.filter(({ isTest }) => !isTest);

function checkArrows(room: Room, rooms: readonly Room[]): string[] {
  if (room.floor === 'tooling') return [];
  const allowed = room.floor === 'apps' ? ARROWS.apps : rowOf(ARROWS, room.name);
  if (!allowed) return [`${where(room)} has no row in the table of arrows`];
  return sources(room).flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const target = rooms.find(({ manifest }) => manifest.name === packageOf(specifier));
      if (!target || target === room) return [];
      const fine =
        target.floor === 'packages' &&
        (allowed === ANY_PACKAGE || (allowed as readonly string[]).includes(target.name));
      return fine ? [] : [`${where(room, file)} must not import ${specifier}: there is no arrow`];
    }),
  );
}

/** Others are reached through what they export, and nobody climbs out of its own folder. */
function checkReach(room: Room, rooms: readonly Room[]): string[] {
  return room.files.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      if (specifier.startsWith('.')) {
        const path = posix.join(posix.dirname(file.path), specifier);
        if (path.startsWith('../')) {
          return [`${where(room, file)} must not import ${specifier}: it lies in another package`];
        }
        const target = room.files.find((one) => one.path === path.replace(/\.js$/, '.ts'));
        return !file.isTest && target?.isTest
          ? [`${where(room, file)} must not import ${specifier}: it is for tests and not built`]
          : [];
      }
      if (/^@tensorflow\/[^/]+\/.+/.test(specifier) && !file.isTest) {
        const { inside } = rowOf(TFJS, room.name) ?? {};
        if (inside !== undefined && specifier.startsWith(inside)) return [];
        return [`${where(room, file)} must not import ${specifier}: that is inside tfjs`];
      }
      const name = packageOf(specifier);
      const target = rooms.find(({ manifest }) => manifest.name === name);
      if (!target?.manifest.exports) return [];
      const entry = `.${specifier.slice(name!.length)}`;
      return isExported(target, entry)
        ? []
        : [`${where(room, file)} must not import ${specifier}: ${name} does not export ${entry}`];
    }),
  );
}

function isExported(room: Room, entry: string): boolean {
  return Object.keys(room.manifest.exports ?? {}).some((key) => {
    const [before, after] = key.split('*') as [string, string | undefined];
    return after === undefined
      ? key === entry
      : entry.startsWith(before) && entry.endsWith(after) && entry.length > key.length - 1;
  });
}

/** What sources import is a dependency or a peer, what tests import may be for development; nothing idles. */
function checkDeclared(room: Room, rooms: readonly Room[]): string[] {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {}, name } = room.manifest;
  const shipped = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies), name]);
  const all = new Set([...shipped, ...Object.keys(devDependencies)]);
  const bySources = new Set<string>();
  const byTests = new Set<string>();
  const problems: string[] = [];
  for (const file of room.files) {
    for (const specifier of importsOf(file)) {
      const wanted = packageOf(specifier);
      if (wanted === undefined) continue;
      const used = file.isTest ? byTests : bySources;
      used.add(wanted);
      if (RESOLVED_FOR[specifier]) used.add(RESOLVED_FOR[specifier]);
      const declared = file.isTest || room.floor === 'tooling' ? all : shipped;
      if (!declared.has(wanted)) {
        const list = file.isTest ? 'devDependencies' : 'dependencies or peerDependencies';
        problems.push(`${where(room, file)} imports ${wanted}: it must stand in ${list}`);
      }
    }
  }
  const mentioned = (files: readonly SourceFile[], one: string) =>
    files.some((file) => mentions(file, one));
  for (const declared of shipped) {
    if (declared === name || room.floor === 'tooling' || bySources.has(declared)) continue;
    if (mentioned(sources(room), declared) || isPeerOfDependency(declared, room, rooms)) continue;
    problems.push(`${where(room)} declares ${declared}, which no source imports`);
  }
  // Rooms of tooling are built for each other's sake as well.
  if (room.floor === 'tooling') return problems;
  for (const declared of Object.keys(devDependencies)) {
    const used = byTests.has(declared) || bySources.has(declared) || TOOLS.includes(declared);
    if (used || declared in peerDependencies || mentioned(room.files, declared)) continue;
    problems.push(`${where(room)} declares ${declared} for development, which nothing imports`);
  }
  return problems;
}

/** Whoever depends on a library with a peer passes the peer on to its own user. */
function isPeerOfDependency(declared: string, room: Room, rooms: readonly Room[]): boolean {
  const { dependencies = {}, peerDependencies = {} } = room.manifest;
  if (!(declared in peerDependencies) && rowOf(TFJS, room.name)?.as !== 'dependency') return false;
  return rooms.some(
    ({ manifest }) =>
      manifest.name in dependencies && declared in (manifest.peerDependencies ?? {}),
  );
}

function checkTfjs(room: Room): string[] {
  if (room.floor === 'tooling') return [];
  const row = rowOf(TFJS, room.name);
  const problems: string[] = [];
  const { dependencies = {}, peerDependencies = {} } = room.manifest;
  for (const file of sources(room)) {
    for (const specifier of importsOf(file)) {
      const name = packageOf(specifier);
      if (!name?.startsWith('@tensorflow/')) continue;
      if (!row?.packages.includes(name)) {
        problems.push(`${where(room, file)} must not import ${name}: it does not belong here`);
      } else if (!(name in (row.as === 'peer' ? peerDependencies : dependencies))) {
        problems.push(`${where(room)} must take ${name} as a ${row.as}`);
      }
    }
    // Applications choose; a backend puts itself in place when it is called.
    if (row?.as === 'dependency' || room.name.startsWith('backend-')) continue;
    for (const call of callsOf(file)) {
      if (CHOICES.includes(call)) {
        problems.push(`${where(room, file)} calls ${call}: no library chooses a backend`);
      }
    }
  }
  return [...new Set(problems)];
}

/** Importing a library changes nothing. Programs (apps, `bin/`) are there to do something. */
function checkEffects(room: Room): string[] {
  if (room.floor !== 'packages') return [];
  const effects = sources(room)
    .filter(({ path }) => !path.startsWith('bin/'))
    .flatMap((file) =>
      effectsOf(file).map((effect) => `${where(room, file)}: importing it does ${effect}`),
    );
  const { sideEffects, exports } = room.manifest;
  return exports && sideEffects !== false
    ? [...effects, `${where(room)}: package.json must say "sideEffects": false`]
    : effects;
}

function checkFileCycles(room: Room): string[] {
  const paths = new Set(room.files.map(({ path }) => path));
  const edges = new Map(
    room.files.map((file) => [
      file.path,
      loadsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => posix.join(posix.dirname(file.path), specifier))
        .map((path) => (paths.has(path) ? path : path.replace(/\.js$/, '.ts'))),
    ]),
  );
  const cycle = findCycle(edges);
  return cycle ? [`${where(room)}: files in a circle: ${cycle.join(' -> ')}`] : [];
}

function checkRoomCycles(rooms: readonly Room[]): string[] {
  const names = new Set(rooms.map(({ manifest }) => manifest.name));
  const edges = new Map(
    rooms.map(({ manifest: { name, dependencies, peerDependencies, devDependencies } }) => [
      name,
      Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }).filter((one) =>
        names.has(one),
      ),
    ]),
  );
  const cycle = findCycle(edges);
  return cycle ? [`packages in a circle: ${cycle.join(' -> ')}`] : [];
}
