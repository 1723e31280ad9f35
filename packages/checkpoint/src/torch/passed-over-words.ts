import { shownName } from '../shown-name.js';

/** Classes that are named in a note. */
const MOST_CLASSES = 5;

/**
 * What is said of objects beside the weights, without a full stop.
 *
 * @param classes what made them, as `unknownClasses` finds it
 */
export function passedOverWords(classes: readonly string[]): string {
  const names = classes.slice(0, MOST_CLASSES).map(shownName);
  const more = classes.length > MOST_CLASSES ? `, and ${classes.length - MOST_CLASSES} more` : '';
  return `it holds objects made by ${names.join(', ')}${more}, which are no data of checkpoints: they were passed over and nothing of them was run; PyTorch would run it, unless it loads with weights_only=True`;
}
