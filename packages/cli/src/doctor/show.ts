import type { Finding } from './finding.js';
import type { BackendReport } from './look-at-backend.js';

/** All that `doctor` found. */
export interface DoctorReport {
  readonly version: string;
  readonly ok: boolean;
  /** The backend that is taken, as `--backend` says; absent where none starts. */
  readonly backend?: string;
  readonly machine: readonly Finding[];
  readonly backends: readonly BackendReport[];
}

/** The same for people: a line each, its verdict first; what to do below it. */
export function show(report: DoctorReport, program: string, wanted: string): string {
  const { version, machine, backends, backend } = report;
  const names = [...machine, ...backends, ...backends.flatMap(({ findings }) => findings)];
  const width = Math.max(...names.map(({ name }) => name.length), SELF_CHECK.length);
  const lines = [
    `${program} ${version}`,
    ...machine.flatMap((finding) => rows(finding, width)),
    '',
    `backends, as --backend auto prefers them`,
    ...backends.flatMap(({ findings, check, ...own }) => [
      ...rows({ ...own, found: own.description }, width),
      ...(check ? rows(checkRow(check), width, '  ') : []),
      ...findings.flatMap((finding) => rows(finding, width, '  ')),
    ]),
    '',
    `--backend ${wanted}: ${
      backend === undefined
        ? 'none starts'
        : `${backend}${report.ok ? ', which works' : ', which does not work; see above'}`
    }`,
  ];
  return lines.join('\n');
}

const SELF_CHECK = 'self-check';

function checkRow({ ok, maxError }: NonNullable<BackendReport['check']>): Finding {
  const error = maxError === 0 ? '0' : maxError.toExponential(1);
  return { name: SELF_CHECK, ok, found: `convolutions differ from their definition by ${error}` };
}

function rows({ name, ok, found, why, todo, optional }: Finding, width: number, indent = '') {
  const mark = ok ? 'ok ' : optional ? '-  ' : 'NOT';
  const under = `${indent}${' '.repeat(mark.length + width + 3)}`;
  return [
    `${indent}${mark} ${name.padEnd(width)}  ${found}`,
    ...(!ok && why ? [`${under}${why}`] : []),
    ...(!ok && todo ? [`${under}→ ${todo}`] : []),
  ];
}
