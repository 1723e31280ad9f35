import { describe, expect, it, vi } from 'vitest';
import { onAbort } from './on-abort.js';

describe('onAbort', () => {
  it('tells everybody in order, once, by one listener of the signal', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const add = vi.spyOn(signal, 'addEventListener');
    const told: number[] = [];
    const forget = Array.from({ length: 200 }, (_, i) => onAbort(signal, () => told.push(i)));
    forget[1]();
    expect(add).toHaveBeenCalledTimes(1);
    controller.abort();
    controller.abort();
    expect(told).toEqual(Array.from({ length: 200 }, (_, i) => i).filter((i) => i !== 1));
  });

  it('leaves the signal when nobody waits any more, and comes again', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const remove = vi.spyOn(signal, 'removeEventListener');
    const call = vi.fn();
    const [one, other] = [onAbort(signal, call), onAbort(signal, call)];
    one();
    one();
    expect(remove).not.toHaveBeenCalled();
    other();
    expect(remove).toHaveBeenCalledTimes(1);
    onAbort(signal, call);
    controller.abort();
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('does not tell who was made to forget by one before', () => {
    const controller = new AbortController();
    const call = vi.fn();
    let forget = () => {};
    onAbort(controller.signal, () => forget());
    forget = onAbort(controller.signal, call);
    controller.abort();
    expect(call).not.toHaveBeenCalled();
  });

  it('has nothing to tell of no signal, or one that is aborted', () => {
    const call = vi.fn();
    onAbort(undefined, call)();
    onAbort(AbortSignal.abort(), call)();
    expect(call).not.toHaveBeenCalled();
  });
});
