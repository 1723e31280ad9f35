import { signal } from '@preact/signals';

/** A sentence for the visitor, until it is put away. */
export interface Message {
  readonly id: number;
  readonly kind: 'error' | 'notice';
  readonly text: string;
}

/** So many are shown at most, the last ones. */
const MOST = 6;

/** What the visitor is told. */
export class Messages {
  readonly list = signal<readonly Message[]>([]);
  #next = 1;

  /** What stands there already comes to the end. */
  tell(kind: Message['kind'], text: string): void {
    const others = this.list.value.filter((one) => one.text !== text);
    this.list.value = [...others, { id: this.#next++, kind, text }].slice(-MOST);
  }

  tellError(error: unknown): void {
    this.tell('error', textOf(error));
  }

  dismiss(id: number): void {
    this.list.value = this.list.value.filter((one) => one.id !== id);
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
