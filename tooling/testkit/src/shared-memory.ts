import { vi } from 'vitest';

/**
 * Has this process give no memory that threads share, as hosts do that have no more of it; the single page by which it is
 * found out whether there is any is given. `vi.restoreAllMocks()` ends it.
 */
export function refuseSharedMemory(): void {
  const { Memory } = WebAssembly;
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function (
    this: unknown,
    descriptor: WebAssembly.MemoryDescriptor,
  ) {
    if (descriptor.shared && descriptor.maximum! > 1) throw new RangeError('out of memory');
    return new Memory(descriptor);
  });
}
