import { measure } from './measure.js';
import { type Handlers, serve, type WorkerScope } from './serve.js';

// The types here are those of pages, where `self` is a window.
serve(self as unknown as WorkerScope, { measure } satisfies Pick<Handlers, 'measure'>);
