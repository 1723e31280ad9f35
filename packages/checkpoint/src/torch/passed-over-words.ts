import { shownName } from '../shown-name.js';
import { pythonSaving } from './python-line.js';

/** Classes that are named in a note. */
const MOST_CLASSES = 5;

/**
 * What is said of objects beside the weights, without a full stop.
 *
 * @param classes what made them, as `unknownClasses` finds it
 */
export function passedOverWords(classes: readonly string[]): string {
  return `${objectsOf(classes)}: they were passed over and ${notRun('them')}`;
}

/**
 * What is said of such objects where they stand in place of the weights, and what to do, without a full stop.
 *
 * @param classes what made them, as `unknownClasses` finds it
 */
export function objectsInsteadWords(classes: readonly string[]): string {
  return `${objectsOf(classes)}, and ${notRun('them')}: ${ANOTHER}, and where it is, save its weights alone, in Python: ${pythonSaving('model.state_dict()')}`;
}

/**
 * What is said of a pickle that is one such object, where a file of `torch.save` is wanted, without a full stop.
 *
 * @param name of what made it
 */
export function objectPickledWords(name: string): string {
  return `an object made by ${shownName(name)}, and ${notRun('it')}; write weights with torch.save, and ${ANOTHER}`;
}

const ANOTHER = 'where the file is not trusted get another';

function objectsOf(classes: readonly string[]): string {
  return `it holds objects made by ${listed(classes)}, which are no data of checkpoints`;
}

/** The warning of what other programs do. */
function notRun(what: 'it' | 'them'): string {
  return `nothing of ${what} was run; PyTorch would run it, unless it loads with weights_only=True`;
}

function listed(classes: readonly string[]): string {
  const names = classes.slice(0, MOST_CLASSES).map(shownName);
  const more = classes.length > MOST_CLASSES ? `, and ${classes.length - MOST_CLASSES} more` : '';
  return names.join(', ') + more;
}
