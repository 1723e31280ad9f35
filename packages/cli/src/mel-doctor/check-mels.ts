import { extname } from 'node:path';
import { type MelProfile, type MelRecognition, recognizeMel } from '@hifigan/audio';
import { FormatError, readNpy, recognizeFile, sourceOfBytes } from '@hifigan/checkpoint';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { findFiles } from '../files/find-files.js';
import { npzAdvice } from '../files/npz-advice.js';
import { readInput } from '../files/read-input.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import { alternatives, HOW_TO_STATE, unsureAdvice } from './foreign-mel.js';

/**
 * `hifigan mel --check`: what stored mels are, whether they suit a model, and what to do.
 *
 * @returns whether all of them suit it as they are
 * @throws UserError where there are none
 */
export async function checkMels(
  context: Context,
  typed: readonly string[],
  wanted: MelProfile,
): Promise<boolean> {
  const { console } = context;
  const { files, leftOut } = await findFiles(
    context,
    [...typed],
    (name) => extname(name) === '.npy',
  );
  tellLeftOut(context, leftOut);
  if (files.length === 0) {
    throw new UserError(`${typed.join(', ')}: has no .npy files; give others`);
  }
  const checked: Checked[] = [];
  for (const file of files) {
    const bytes = await readInput(context, file.path, file.shown);
    checked.push({ file: file.shown, ...(await look(bytes, file.shown, wanted)) });
  }
  await console.result(
    console.json
      ? JSON.stringify({ files: checked.map((one) => asJson(one, wanted)) })
      : checked.flatMap((one) => asLines(one, wanted)).join('\n'),
  );
  return checked.every(suits);
}

interface Looked extends MelRecognition {
  /** What to do about it, where that is no matter of mels. */
  readonly instead?: string;
}

interface Checked extends Looked {
  readonly file: string;
}

async function look(bytes: Uint8Array, shown: string, wanted: MelProfile): Promise<Looked> {
  try {
    return recognizeMel(readNpy(bytes, shown), { wanted });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const evidence = [error.message.replace(`${shown}: `, '')];
    const isNpz = recognizeFile(bytes)?.kind === 'npz';
    return {
      ...{ axes: 'unknown', candidates: [], rivals: [], verdict: 'broken', evidence },
      ...(isNpz && {
        evidence: ['it holds arrays by name (.npz), where one array (.npy) is needed'],
        instead: await npzAdvice(sourceOfBytes(bytes), shown),
      }),
    };
  }
}

function suits({ verdict, axes }: MelRecognition): boolean {
  return verdict === 'fits' && axes === 'mels first';
}

const VERDICTS: Readonly<Record<MelRecognition['verdict'], string>> = {
  fits: 'suits the model',
  unsure: 'may suit the model or not',
  foreign: 'is of another convention',
  unknown: 'is of no convention that is known',
  broken: 'is no mel that can be used',
};

function verdictOf(one: Checked): string {
  if (one.verdict === 'fits' && !suits(one)) return 'suits the model, but its axes are swapped';
  if (one.verdict !== 'foreign') return VERDICTS[one.verdict];
  const names = one.candidates.map(({ name }) => name);
  return `${VERDICTS.foreign}: ${one.sure?.name ?? names.join(', ')}`;
}

function advise(one: Checked, wanted: MelProfile): string | undefined {
  if (one.instead !== undefined) return one.instead;
  switch (one.verdict) {
    case 'fits':
      return suits(one)
        ? undefined
        : 'synth --mel-profile auto turns it, or save it transposed: numpy.save(path, array.T)';
    case 'unsure':
      return unsureAdvice(one, wanted);
    case 'foreign':
      return one.sure
        ? `synth --mel-profile ${one.sure.name} (or auto) converts it`
        : `name the convention that it was made by, synth --mel-profile NAME, or state another in a FILE.json (${HOW_TO_STATE}):\n${alternatives(one.candidates)}`;
    case 'unknown':
      return `make it again with hifigan mel, or name its convention: synth --mel-profile NAME, or FILE.json (${HOW_TO_STATE})`;
    case 'broken':
      return 'make it again from its recording';
  }
}

function asLines(one: Checked, wanted: MelProfile): string[] {
  const advice = advise(one, wanted);
  return [
    `${one.file}: ${verdictOf(one)}`,
    ...one.evidence.map((evidence) => `  ${evidence}`),
    ...(one.verdict === 'fits' && one.rivals.length > 0
      ? [`  its values would be no others of\n${alternatives(one.rivals)}`]
      : []),
    ...(advice ? [`  → ${advice}`] : []),
  ];
}

function asJson(one: Checked, wanted: MelProfile): object {
  const { file, verdict, axes, candidates, sure, evidence } = one;
  return {
    in: file,
    suits: suits(one),
    verdict,
    axes,
    ...(sure && { sure: sure.name }),
    candidates: candidates.map(({ name, score, reasons, meaning }) => ({
      name,
      score: Math.round(1000 * score) / 1000,
      reasons,
      meaning,
    })),
    evidence,
    advice: advise(one, wanted),
  };
}
