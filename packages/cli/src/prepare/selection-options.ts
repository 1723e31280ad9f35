import type { Command } from 'commander';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { readInput } from '../files/read-input.js';
import { numberBetween, oneOf } from '../options.js';
import type { CutOptions } from './cut.js';
import { type SpeakerOf, speakerByFolder, speakersByList } from './speakers.js';

/** As Commander gives them. */
export interface SelectionFlags {
  readonly minSeconds: number;
  readonly maxSeconds?: number;
  readonly trim?: number;
  readonly trimMargin: number;
  readonly splitBy?: 'recording' | 'speaker';
  readonly speakers?: string;
}

/** Adds what decides which part of a recording is taken, and what is held out together. */
export function addSelectionOptions(command: Command): Command {
  return command
    .option(
      '--trim <decibels>',
      'cut silence from both ends: what is so far below the loudest, as librosa.effects.trim does; 60 takes digital silence, 30 to 45 a room (default: nothing is cut, as LJSpeech and the like are trimmed already)',
      numberBetween(1, 200),
    )
    .option(
      '--trim-margin <seconds>',
      'kept of the silence before and behind the sound, with --trim',
      numberBetween(0, 60),
      0.1,
    )
    .option(
      '--max-seconds <seconds>',
      'longer recordings are split where they are quietest (default: none is)',
      numberBetween(0.1, 86400),
    )
    .option(
      '--split-by <what>',
      'what is held out: a recording, or a speaker with all of theirs, so that validation hears nobody who was trained on (default: recording); a speaker is the first folder below, or stands in --speakers',
      oneOf('recording', 'speaker'),
    )
    .option('--speakers <file>', 'lines id|speaker, for --split-by speaker');
}

/** @throws UsageError where options contradict each other, UserError where the list cannot be read */
export async function selectionFrom(
  context: Context,
  { minSeconds, maxSeconds, trim, trimMargin, splitBy, speakers }: SelectionFlags,
): Promise<Pick<CutOptions, 'trim' | 'longest'> & { readonly speakerOf?: SpeakerOf }> {
  if (maxSeconds !== undefined && maxSeconds < 2 * minSeconds) {
    throw new UsageError(
      `--max-seconds ${maxSeconds}: must be at least twice --min-seconds (${minSeconds}), because a little more than the most is split in two`,
    );
  }
  if (speakers !== undefined && splitBy === 'recording') {
    throw new UsageError('--speakers: is of no use with --split-by recording; leave one away');
  }
  return {
    ...(trim !== undefined && { trim: { decibels: trim, margin: trimMargin } }),
    ...(maxSeconds !== undefined && { longest: maxSeconds }),
    ...(speakers !== undefined
      ? { speakerOf: await readSpeakers(context, speakers) }
      : splitBy === 'speaker' && { speakerOf: speakerByFolder }),
  };
}

async function readSpeakers(context: Context, typed: string): Promise<SpeakerOf> {
  return speakersByList(new TextDecoder().decode(await readInput(context, typed)), typed);
}
