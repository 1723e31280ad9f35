import workletUrl from './audio.worklet.ts?worker&url';

/** A microphone that is open. */
export interface Microphone {
  readonly context: AudioContext;
  /** Samples come out of it, mono, at the context's rate: to this page, or to whom its port is given. */
  readonly capture: AudioWorkletNode;
  /** Seconds that it adds before, as far as the browser tells. */
  readonly latency: number;
  close(): Promise<void>;
}

/**
 * Opens the microphone, as it is: what browsers do to calls (echo, noise, level) would be heard as the voice's own.
 *
 * @param onLost told where it is unplugged, or taken away, once it is open
 * @throws Error in words where there is none, the visitor does not want it, or it is gone before it is open
 */
export async function openMicrophone(onLost: () => void): Promise<Microphone> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      'microphone: cannot be had here, because pages get it over HTTPS alone (or from this machine); drop a recording instead',
    );
  }
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices
    .getUserMedia({ audio: { channelCount: 1, ...plain } })
    .catch((error: unknown) => {
      throw new Error(`microphone: ${reasonOf(error)}`);
    });
  const [track] = stream.getAudioTracks();
  // Chromium has it, TypeScript's libraries do not.
  const { latency = 0 } = track.getSettings() as { readonly latency?: number };
  const context = new AudioContext({ latencyHint: 'interactive' });
  const close = async () => {
    for (const track of stream.getTracks()) track.stop();
    if (context.state !== 'closed') await context.close();
  };
  try {
    await context.audioWorklet.addModule(workletUrl);
    await context.resume();
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
    const capture = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 0 });
    source.connect(capture);
    // Gone meanwhile: of that nobody is told who has no microphone yet.
    if (track.readyState === 'ended') {
      throw new Error('microphone: it is gone; connect it again, and try again');
    }
    // Not told where we stop it ourselves.
    track.addEventListener('ended', onLost);
    return { context, capture, latency, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const { name = '', message = String(error) } = error as Partial<Error>;
  switch (name) {
    case 'NotAllowedError':
      return 'the browser was told not to give it; allow it in the page’s settings, and try again';
    case 'NotFoundError':
      return 'there is none; connect one, or drop a recording';
    case 'NotReadableError':
      return 'another program holds it; close that, and try again';
    default:
      return `${message}; try again, or drop a recording`;
  }
}
