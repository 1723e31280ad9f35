import { afterEach, expect, it, vi } from 'vitest';

vi.mock('./audio.worklet.ts?worker&url', () => ({ default: 'worklet.js' }));
const { openMicrophone } = await import('./microphone.js');

afterEach(() => vi.unstubAllGlobals());

/** A browser with a microphone. @param meanwhile what befalls it while the worklet loads */
function browser(meanwhile: (track: FakeTrack) => void) {
  const track = new FakeTrack();
  const tracks = () => [track];
  const close = vi.fn(async () => undefined);
  const getUserMedia = async () => ({ getAudioTracks: tracks, getTracks: tracks });
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
  vi.stubGlobal(
    'AudioContext',
    class {
      readonly audioWorklet = { addModule: async () => meanwhile(track) };
      readonly resume = async () => undefined;
      readonly close = close;
    },
  );
  vi.stubGlobal('MediaStreamAudioSourceNode', class extends FakeNode {});
  vi.stubGlobal('AudioWorkletNode', class extends FakeNode {});
  return { track, close };
}

class FakeNode {
  connect(): void {}
}

class FakeTrack extends EventTarget {
  readyState = 'live';
  readonly stop = vi.fn();
  getSettings = () => ({});
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

it('tells where an open microphone is gone', async () => {
  const { track } = browser(() => undefined);
  const lost = vi.fn();
  await openMicrophone(lost);
  expect(lost).not.toHaveBeenCalled();
  track.unplug();
  expect(lost).toHaveBeenCalledOnce();
});

it('does not open one that is gone while the worklet loads, and says so once', async () => {
  const { track, close } = browser((track) => track.unplug());
  const lost = vi.fn();
  await expect(openMicrophone(lost)).rejects.toThrow('microphone: it is gone; connect it again');
  expect(lost).not.toHaveBeenCalled();
  expect([track.stop, close].map((one) => one.mock.calls.length)).toEqual([1, 1]);
});
