import { isPairsReport } from '../finetune/prepare-pairs.js';
import type { PrepareReport } from '../prepare/prepare.js';
import { counted, duration } from '../terminal/format.js';
import type { Description } from './describe.js';

export function isReport(value: object): value is PrepareReport {
  return ['training', 'validation', 'accepted', 'refused'].every((key) => key in value);
}

/** What `prepare` says of the data set that it made. */
export function describeReport(report: PrepareReport): Description {
  const {
    sampling_rate,
    seed,
    training,
    validation,
    refused,
    left_out: leftOut = [],
    speakers,
  } = report;
  const part = ({ recordings, seconds }: PrepareReport['training']) =>
    `${counted(recordings, 'recording')}, ${duration(seconds)}`;
  return {
    kind: 'data set',
    facts: {
      sampling_rate,
      seed,
      training,
      validation,
      ...(speakers && { speakers }),
      ...(isPairsReport(report) && { mels: report.mels }),
      refused: refused.length,
      leftOut: leftOut.length,
    },
    shown: [
      ['rate', `${sampling_rate} Hz`],
      ['training', part(training)],
      ['validation', part(validation)],
      ...(speakers ? [['speakers', told(speakers)] as const] : []),
      ...(isPairsReport(report)
        ? [['mels', `${report.mels.num_mels} bands, for fine-tuning`] as const]
        : []),
      ['refused', counted(refused.length, 'file')],
      ...(leftOut.length > 0
        ? [['left out', `${counted(leftOut.length, 'link')}, see report.json`] as const]
        : []),
    ],
  };
}

function told(speakers: NonNullable<PrepareReport['speakers']>): string {
  const held = speakers.filter(({ part }) => part === 'validation').length;
  return `${speakers.length - held} in training, ${held} held out`;
}
