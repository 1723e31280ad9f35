import type { CallName, Calls, FromWorker, ToWorker } from '../protocol.js';

/** What a call is handed beside its arguments. */
export interface CallTools<Progress> {
  /** Ended by the page. */
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

/** What answers each call. */
export type Handlers = {
  readonly [Name in CallName]: (
    args: Calls[Name]['args'],
    tools: CallTools<Calls[Name]['progress']>,
  ) => Promise<Calls[Name]['result']> | Calls[Name]['result'];
};

/** The part of a Worker's scope that is used. */
export interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/** Answers the page's calls; each may run beside others. */
export function serve(scope: WorkerScope, handlers: Partial<Handlers>): void {
  const running = new Map<number, AbortController>();
  const answer = async (id: number, name: CallName, args: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    // Each handler takes what its name says, which the page's side holds to (`client.ts`).
    const handler = handlers[name] as
      | ((args: unknown, tools: CallTools<unknown>) => unknown)
      | undefined;
    try {
      if (!handler) throw new Error(`${name} is not this Worker’s; ask the one that has it`);
      const result = await handler(args, {
        signal: controller.signal,
        progress: (progress) => scope.postMessage({ id, progress }, []),
      });
      scope.postMessage({ id, result }, buffersOf(result));
    } catch (error) {
      scope.postMessage({ id, error: shown(error) }, []);
    } finally {
      running.delete(id);
    }
  };
  scope.addEventListener('message', ({ data }) => {
    if ('cancel' in data) running.get(data.id)?.abort();
    else void answer(data.id, data.name, data.args);
  });
}

function shown(error: unknown): { readonly name: string; readonly message: string } {
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

/** The memory of an answer's arrays, which goes with it: whoever answers hands out copies. */
function buffersOf(result: unknown): Transferable[] {
  if (typeof result !== 'object' || result === null) return [];
  return Object.values(result).flatMap((value) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}
