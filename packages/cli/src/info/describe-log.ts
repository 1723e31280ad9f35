import { UserError } from '../errors.js';
import { counted } from '../terminal/format.js';
import type { Description } from './describe.js';

interface LogRecord {
  readonly step?: number;
  readonly mel_spec_error?: number;
  readonly validation_mel_spec_error?: number;
  /** Clips at a time, where they are fewer than a batch. */
  readonly micro_batch?: number;
}

/** The log of a training run, one record a line. @throws UserError where no line is one */
export function describeLog(text: string, where: string): Description {
  const records = text.split('\n').flatMap(recordsOf);
  if (records.length === 0) {
    throw new UserError(`${where}: has no records, where a line each of a training log is needed`);
  }
  const last = (key: keyof LogRecord) => records.findLast((record) => record[key] !== undefined);
  const trained = last('mel_spec_error');
  const validated = last('validation_mel_spec_error');
  const after = (record: LogRecord) => `after ${counted((record.step ?? -1) + 1, 'step')}`;
  return {
    kind: 'training log',
    facts: { records: records.length, trained, validated },
    shown: [
      ['records', String(records.length)],
      ...(trained
        ? [['mel error', `${trained.mel_spec_error?.toFixed(4)} ${after(trained)}`] as const]
        : []),
      ...(trained?.micro_batch
        ? [['at a time', counted(trained.micro_batch, 'clip')] as const]
        : []),
      ...(validated
        ? [
            [
              'validation',
              `mel error ${validated.validation_mel_spec_error?.toFixed(4)} ${after(validated)}`,
            ] as const,
          ]
        : []),
    ],
  };
}

/** None where a kill has torn the line. */
function recordsOf(line: string): LogRecord[] {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? [record] : [];
  } catch {
    return [];
  }
}
