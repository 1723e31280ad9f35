import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { droppedFiles } from '../dropped-files.js';
import type { SessionProps } from './app.js';

const hovering = signal(0);

/** Takes files that are dropped anywhere. */
export function DropTarget({ session, children }: SessionProps & { children: ComponentChildren }) {
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  return (
    <div
      class={hovering.value > 0 ? 'page hovering' : 'page'}
      onDragEnter={(event) => {
        if (hasFiles(event)) hovering.value++;
      }}
      onDragLeave={(event) => {
        if (hasFiles(event)) hovering.value = Math.max(0, hovering.value - 1);
      }}
      onDragOver={(event) => {
        if (hasFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        hovering.value = 0;
        if (!event.dataTransfer || !hasFiles(event)) return;
        event.preventDefault();
        droppedFiles(event.dataTransfer).then(
          (files) => session.openFiles(files),
          (error: Error) =>
            session.tell('error', `What was dropped cannot be read: ${error.message}`),
        );
      }}
    >
      {children}
    </div>
  );
}
