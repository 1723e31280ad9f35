import { FormatError, type NamedArrays } from '@hifigan/checkpoint';

/**
 * @param where what to call the file
 * @throws FormatError where a weight is no number
 */
export function checkFinite(arrays: NamedArrays, where: string): void {
  for (const [name, { data }] of arrays) {
    if (data instanceof BigInt64Array) continue;
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i])) continue;
      throw new FormatError(
        `${where}: ${name} holds ${data[i]} and must hold numbers, because the sound would be none; take an earlier checkpoint`,
      );
    }
  }
}
