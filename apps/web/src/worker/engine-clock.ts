import { type Engine, type EngineFactory, tfjsEngine } from '@hifigan/vocoder';

/** tfjs as an engine, and the time that it has computed so far. */
export class EngineClock {
  /** Since the beginning. */
  seconds = 0;

  readonly engine: EngineFactory = async (bundle, where) => {
    const engine = await tfjsEngine(bundle, where);
    const { generateBatch, openStream } = engine;
    const timed: Engine = {
      description: engine.description,
      generate: (mel) => this.#timed(() => engine.generate(mel)),
      ...(generateBatch && {
        generateBatch: (mels) => this.#timed(() => generateBatch.call(engine, mels)),
      }),
      ...(openStream && {
        openStream: () => {
          const stream = openStream.call(engine);
          return {
            push: (mel) => this.#timed(() => stream.push(mel)),
            end: () => this.#timed(() => stream.end()),
            dispose: () => stream.dispose(),
          };
        },
      }),
      dispose: () => engine.dispose(),
    };
    return timed;
  };

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.seconds += (performance.now() - start) / 1000;
    }
  }
}
