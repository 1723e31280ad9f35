import { type Mock, vi } from 'vitest';
import { Client, type WorkerLike } from '../client.js';
import type { FromWorker, ToWorker } from '../protocol.js';
import { type Handlers, serve } from '../worker/serve.js';

interface FakeWorker {
  readonly like: WorkerLike;
  /** What hears the Worker. */
  readonly page: EventTarget;
  readonly terminate: Mock<() => void>;
}

/** A Worker that answers as it is told, and hears as one of a browser does: later, and copies. */
export function fakeWorker(handlers: Partial<Handlers>): FakeWorker {
  const page = new EventTarget();
  const worker = new EventTarget();
  const terminate = vi.fn<() => void>();
  const deliver = (to: EventTarget) => (data: ToWorker | FromWorker, transfer: Transferable[]) => {
    const copy = structuredClone(data, { transfer });
    setTimeout(() => to.dispatchEvent(Object.assign(new Event('message'), { data: copy })));
  };
  serve(
    {
      postMessage: deliver(page),
      addEventListener: worker.addEventListener.bind(worker) as never,
    },
    handlers as Handlers,
  );
  const like: WorkerLike = {
    postMessage: deliver(worker) as never,
    addEventListener: page.addEventListener.bind(page),
    terminate,
  };
  return { like, page, terminate };
}

/** A page's side of such a Worker. */
export function connected(handlers: Partial<Handlers>): FakeWorker & { readonly client: Client } {
  const worker = fakeWorker(handlers);
  return { ...worker, client: new Client(worker.like) };
}
