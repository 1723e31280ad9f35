import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The recording that the demonstration speaks anew; lies in the repository, not in the package. */
export async function sampleRecording(): Promise<string | undefined> {
  const path = fileURLToPath(new URL('../../../../samples/en-vm-review.wav', import.meta.url));
  return stat(path).then(
    () => path,
    () => undefined,
  );
}
