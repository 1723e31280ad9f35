import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { readConfig } from '@hifigan/config';
import { EVENT_FOLDER, eventFilesIn } from '@hifigan/train/node';
import { bundleFileNames, readCard } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { withInputFile } from '../files/input-file.js';
import { readInput } from '../files/read-input.js';
import { bestOf } from '../model/best-checkpoint.js';
import { locateCheckpoint, stepsOf } from '../model/locate-checkpoint.js';
import { misfitOf } from '../model/misfit.js';
import { counted } from '../terminal/format.js';
import type { Description } from './describe.js';
import { cardRows } from './describe-card.js';
import { describeConfig } from './describe-config.js';
import { describeSavedModel } from './describe-exported.js';
import { describeForeignFolder } from './describe-foreign.js';
import { describeReport, isReport } from './describe-report.js';
import { describeSeal } from './describe-seal.js';
import { describeWeights } from './describe-weights.js';
import { listWeights } from './list-weights.js';
import { nextOfBundle, nextOfRun, nextOfSpoilt } from './next-steps.js';
import { parsedObject } from './parsed-object.js';

/** What a folder is, or undefined where it is something else. */
export type FolderDescriber = (
  context: Context,
  typed: string,
  names: readonly string[],
) => Promise<Description | undefined>;

/**
 * Asked in this order; whoever knows another kind of folder adds to it. The last takes what is left, or says what it
 * lacks.
 */
export const folderDescribers: readonly FolderDescriber[] = [
  describeDataSet,
  describeSavedModel,
  describeForeignFolder,
  describeModel,
];

/** A data set, a training run or a bundle. @throws UserError where it is none */
export async function describeFolder(context: Context, typed: string): Promise<Description> {
  const names = await readdir(pathOf(context, typed));
  for (const describer of folderDescribers) {
    const description = await describer(context, typed, names);
    if (description) return description;
  }
  throw new UserError(`${typed}: is a folder of nothing that is known; name the file itself`);
}

async function describeDataSet(
  context: Context,
  typed: string,
  names: readonly string[],
): Promise<Description | undefined> {
  if (names.includes('report.json') && names.includes('wavs')) {
    const path = join(typed, 'report.json');
    const report = parsedObject(new TextDecoder().decode(await readInput(context, path)));
    if (isReport(report)) return describeReport(report);
    throw new UserError(
      `${path}: is no report of prepare, and must be one where wavs/ lies beside it; prepare the data set anew, with --force`,
    );
  }
  const recordings = names.filter((name) => extname(name).toLowerCase() === '.wav').length;
  if (recordings > 0 && !names.some((name) => extname(name) === '.safetensors')) {
    throw new UserError(
      `${typed}: is a folder with ${counted(recordings, 'recording')}, and no data set yet; make one with: hifigan prepare ${typed} -o DATA`,
    );
  }
  return undefined;
}

async function describeModel(
  context: Context,
  typed: string,
  names: readonly string[],
): Promise<Description> {
  const located = await locateCheckpoint(context, typed);
  const weights = await withInputFile(context, located.weights, (file) =>
    listWeights({ ...file, typed: located.shown }),
  );
  const text = new TextDecoder().decode(await readInput(context, located.config));
  const config = describeConfig(text, located.config);
  const misfit = misfitOf(readConfig(text, located.config).config, weights.arrays);
  const { facts, shown } = describeWeights(weights, basename(located.weights));
  const card =
    located.card &&
    readCard(new TextDecoder().decode(await readInput(context, located.card)), located.card);
  const logs = await logsIn(context, typed, names);
  const bundle = located.weights === join(pathOf(context, typed), bundleFileNames.generator);
  const seal = bundle ? await describeSeal(context, typed) : undefined;
  const next = misfit
    ? undefined
    : weights.notFinite.length > 0
      ? nextOfSpoilt().next
      : bundle
        ? nextOfBundle(typed).next
        : nextOfRun(typed).next;
  const best = bundle ? undefined : await bestOf(context, typed);
  return {
    kind: bundle ? 'bundle' : 'training run',
    ...(!misfit && { generator: config.generator }),
    facts: {
      checkpoint: located.shown,
      steps: stepsOf(located, weights.metadata) ?? (card ? card.steps : undefined),
      card,
      ...seal?.facts,
      weights: facts,
      config: config.facts,
      ...(logs.length > 0 && { logs: logs.map(({ path }) => path) }),
      ...(misfit && { misfit }),
      ...(next !== undefined && { next }),
      ...(best && {
        best: { generator: best.generator, melError: best.validation_mel_spec_error },
      }),
    },
    shown: [
      ...(bundle ? [] : [['latest', `${located.shown}`] as const]),
      ...(best
        ? [
            [
              'best',
              `${best.generator}, mel error ${best.validation_mel_spec_error.toFixed(4)}`,
            ] as const,
          ]
        : []),
      ...(card ? cardRows(card) : []),
      ...(seal?.shown ?? []),
      ...shown,
      // How a bundle was trained, its card tells.
      ...config.shown.filter(([key]) => !(bundle && key === 'training')),
      ...(logs.length > 0 ? [['logs', logs.map(({ shown }) => shown).join('; ')] as const] : []),
      ...(misfit ? [['does not fit', misfit] as const] : []),
      ...(next === undefined ? [] : [['next', next] as const]),
    ],
  };
}

/** What a run has recorded, and what to look at it with. */
async function logsIn(
  context: Context,
  typed: string,
  names: readonly string[],
): Promise<readonly { readonly path: string; readonly shown: string }[]> {
  const log = join(typed, 'log.ndjson');
  const folder = join(typed, EVENT_FOLDER);
  const events = await eventFilesIn(pathOf(context, folder));
  return [
    ...(names.includes('log.ndjson')
      ? [{ path: log, shown: `${log} (hifigan report ${typed})` }]
      : []),
    ...(events.length > 0
      ? [
          {
            path: folder,
            shown: `${counted(events.length, 'event file')} in ${folder} (tensorboard --logdir ${folder})`,
          },
        ]
      : []),
  ];
}
