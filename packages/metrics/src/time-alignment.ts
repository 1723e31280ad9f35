/** What goes with what: frame of the first, frame of the second, in order. */
export type AlignmentPath = readonly (readonly [number, number])[];

// A step is one byte: 256 MiB, or three minutes at 86 frames a second.
const MAX_CELLS = 2 ** 28;

/**
 * Dynamic time warping: the path from both beginnings to both ends with the least sum of distances, each step going
 * on by one frame in either or both. All steps weigh the same. H. Sakoe, S. Chiba, 1978.
 *
 * @param rows frames of the first, at least 1
 * @param columns frames of the second, at least 1
 * @param distance of frame i of the first from frame j of the second, at least 0
 * @throws RangeError where rows × columns is more than 2²⁸
 */
export function alignInTime(
  rows: number,
  columns: number,
  distance: (row: number, column: number) => number,
): AlignmentPath {
  if (rows * columns > MAX_CELLS) {
    throw new RangeError(
      `alignInTime: ${rows} × ${columns} frames must be at most ${MAX_CELLS} pairs, because each is looked at and remembered; cut the recordings into sentences, or compare without alignment`,
    );
  }
  const DIAGONAL = 0;
  const DOWN = 1;
  const RIGHT = 2;
  const steps = new Uint8Array(rows * columns);
  let previous = new Float64Array(columns);
  let costs = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const diagonal = i > 0 && j > 0 ? previous[j - 1] : Infinity;
      const down = i > 0 ? previous[j] : Infinity;
      const right = j > 0 ? costs[j - 1] : Infinity;
      const least = i === 0 && j === 0 ? 0 : Math.min(diagonal, down, right);
      costs[j] = least + distance(i, j);
      steps[i * columns + j] = least === diagonal ? DIAGONAL : least === down ? DOWN : RIGHT;
    }
    [previous, costs] = [costs, previous];
  }
  const path: [number, number][] = [[rows - 1, columns - 1]];
  for (let [i, j] = path[0]; i > 0 || j > 0; ) {
    const step = steps[i * columns + j];
    if (step !== RIGHT) i--;
    if (step !== DOWN) j--;
    path.push([i, j]);
  }
  return path.reverse();
}
