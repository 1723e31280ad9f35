import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { eventFilesIn } from './event-file.js';
import { decodeEvent, type LogEvent } from './log-event.js';
import { unframeRecords } from './records.js';

/** Where a record lies. */
export interface EventPlace {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

export interface FoundEvent {
  readonly event: LogEvent;
  readonly place: EventPlace;
}

/**
 * The records of all event files of a folder, file by file, each as far as it is whole.
 *
 * @param folder none, or one without such files, gives nothing
 * @param onTorn gets the path of a file whose end is torn or damaged
 * @throws the system's error where a file cannot be read
 */
export async function* readEvents(
  folder: string,
  onTorn: (path: string) => void = () => undefined,
): AsyncGenerator<FoundEvent> {
  for (const name of await eventFilesIn(folder)) {
    const path = join(folder, name);
    const chunks = createReadStream(path, { highWaterMark: 1 << 20 });
    for await (const { offset, bytes } of unframeRecords(chunks, () => onTorn(path))) {
      let event: LogEvent;
      try {
        event = decodeEvent(bytes);
      } catch {
        // Whole by its checksum, and yet no event: another program's.
        onTorn(path);
        break;
      }
      yield { event, place: { path, offset, length: bytes.length } };
    }
  }
}

/** Reads one record again. @throws the system's error, or RangeError where it is another by now */
export async function readEventAt({ path, offset, length }: EventPlace): Promise<LogEvent> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return decodeEvent(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
