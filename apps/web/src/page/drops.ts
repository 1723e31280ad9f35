import { signal } from '@preact/signals';
import { droppedFiles } from './dropped-files.js';
import type { Session } from './session.js';
import type { TrainingSession } from './training-session.js';

/** Whether files are held over the page. */
export const hovering = signal(false);

/**
 * Takes files that are dropped anywhere: a browser would open them instead of the page. On what is marked with
 * `data-drops=training` they are to be learned from.
 */
export function heedDrops(session: Session, training: TrainingSession): void {
  // Each element that is entered and left tells of it.
  let entered = 0;
  const heed = (type: 'dragenter' | 'dragleave' | 'dragover' | 'drop', act: () => void) =>
    addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      act();
      hovering.value = entered > 0;
      if (type !== 'drop') return;
      const { target } = event;
      const toLearn = target instanceof Element && target.closest('[data-drops=training]');
      droppedFiles(event.dataTransfer).then(
        (files) => (toLearn ? training.add(files) : session.openFiles(files)),
        (error: Error) =>
          session.messages.tell('error', `What was dropped cannot be read: ${error.message}`),
      );
    });
  heed('dragenter', () => {
    entered++;
  });
  heed('dragleave', () => {
    entered = Math.max(0, entered - 1);
  });
  heed('dragover', () => undefined);
  heed('drop', () => {
    entered = 0;
  });
}
