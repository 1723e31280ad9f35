import * as tf from '@tensorflow/tfjs';

/** What tfjs writes down of each operation; the part of it that is needed here. */
interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** Gradients to the inputs from those to the outputs; each is computed when called. */
  readonly gradient?: (
    dys: readonly (tf.Tensor | undefined)[],
  ) => Readonly<Record<string, () => tf.Tensor>>;
  /** Kept for `gradient`. */
  readonly saved?: readonly tf.Tensor[];
}

/** Lets others have their turn: signals, timers, what waits for the event loop. */
export type Pause = () => Promise<void>;

/** What goes along with a way back. */
export interface BackwardOptions {
  /**
   * Gradients to the sources that other parts of a batch gave; taken over, and these are added to them, so that never
   * two sets of gradients are held.
   */
  readonly sums?: readonly tf.Tensor[];
  /**
   * Told of gradients to sources as soon as nothing more is added to them, those of the last layers first; may take
   * their values and dispose of them.
   */
  readonly ready?: (gradient: tf.Tensor) => void;
}

/**
 * A recorded computation that waits for its gradients.
 *
 * `tf.grads` computes forward and backward in one go, keeps every intermediate gradient to the end and has
 * one tape for all. Training a GAN wants the generator's forward first, then a whole step of the
 * discriminators on its result, then the generator's backward; and the memory of each activation as soon as
 * its gradient is known. Hence this: a tape that is taken out of the engine.
 *
 * Owns what was saved for the gradients, until {@link Tape.backward} or {@link Tape.dispose}.
 */
export class Tape {
  private readonly result: tf.Tensor;
  private readonly sources: readonly tf.Tensor[];
  private nodes: TapeNode[];
  private readonly reached: ReadonlySet<number>;

  private constructor(
    result: tf.Tensor,
    sources: readonly tf.Tensor[],
    nodes: TapeNode[],
    reached: ReadonlySet<number>,
  ) {
    this.result = result;
    this.sources = sources;
    this.nodes = nodes;
    this.reached = reached;
  }

  /**
   * Computes `f()` (inside a tidy of its own) and records what leads from `sources` to its result. The
   * result is the caller's.
   *
   * @throws where gradients are being taken already: tapes do not nest
   */
  static record<T extends tf.Tensor>(
    f: () => T,
    sources: readonly tf.Tensor[],
  ): { readonly value: T; readonly tape: Tape } {
    const { state } = tf.engine();
    if (state.gradientDepth !== 0) {
      throw new Error(
        'Tape.record: gradientDepth must be 0, because tapes do not nest; record outside of tf.grads',
      );
    }
    let recorded: TapeNode[] = [];
    const take = () => {
      recorded = state.activeTape as unknown as TapeNode[];
      state.activeTape = [];
    };
    const anchor = tf.scalar(0);
    try {
      // The engine switches recording on, finds its tape empty afterwards and adds nothing to it.
      const { value } = tf.engine().gradients(
        () => {
          try {
            return f();
          } finally {
            take();
          }
        },
        [anchor],
        undefined,
        true,
      );
      const { nodes, reached } = connecting(recorded, sources, value);
      const needed = new Set(nodes);
      for (const node of recorded) if (!needed.has(node)) release(node);
      recorded = [];
      return { value: value as T, tape: new Tape(value, sources, nodes, reached) };
    } finally {
      for (const node of recorded) release(node);
      anchor.dispose();
    }
  }

  /**
   * The gradients to `sources`, in their order, given that to the result; the caller owns them. A source
   * that the result does not depend on gets zeros. The tape is used up, whether it ends well or not.
   */
  backward(cotangent: tf.Tensor, options: BackwardOptions = {}): tf.Tensor[] {
    const steps = this.walk(cotangent, options);
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  }

  /**
   * The same, with a pause after each operation. No tidy may be open meanwhile: it would take in whatever others
   * compute.
   *
   * @throws what `pause` throws, too
   */
  async backwardWithPauses(
    cotangent: tf.Tensor,
    pause: Pause,
    options: BackwardOptions = {},
  ): Promise<tf.Tensor[]> {
    const steps = this.walk(cotangent, options);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      try {
        await pause();
      } catch (error) {
        steps.throw(error);
      }
    }
  }

  /** Gives way after each operation. */
  private *walk(
    cotangent: tf.Tensor,
    { sums, ready }: BackwardOptions,
  ): Generator<void, tf.Tensor[]> {
    const kept = new Set(this.sources.map((source) => source.id));
    const gradients = new Map<number, tf.Tensor>();
    sums?.forEach((sum, index) => {
      gradients.set(this.sources[index].id, sum);
    });
    const uses = usesOf(this.nodes, kept);
    try {
      gradients.set(this.result.id, cotangent.clone());
      for (let node = this.nodes.pop(); node; node = this.nodes.pop()) {
        try {
          this.step(node, gradients, kept);
        } finally {
          release(node);
        }
        for (const id of sourcesOf(node, kept)) {
          const left = uses.get(id)! - 1;
          uses.set(id, left);
          const gradient = gradients.get(id);
          if (left === 0 && gradient) ready?.(gradient);
        }
        yield;
      }
      return this.sources.map((source) => gradients.get(source.id) ?? tf.zerosLike(source));
    } catch (error) {
      this.dispose();
      tf.dispose([...gradients.values()]);
      throw error;
    }
  }

  /** Frees what was saved, where `backward` is not wanted any more. */
  dispose(): void {
    for (const node of this.nodes) release(node);
    this.nodes = [];
  }

  /** Passes the gradients through one operation and frees those that no other will ask for. */
  private step(node: TapeNode, gradients: Map<number, tf.Tensor>, kept: ReadonlySet<number>): void {
    const dys = node.outputs.map((output) => gradients.get(output.id));
    if (dys.every((dy) => dy === undefined)) return;
    const wanted = Object.entries(node.inputs).filter(([, { id }]) => this.reached.has(id));
    const dxs = tf.tidy(() => {
      const functions = node.gradient?.(dys);
      const given = new Set<unknown>([...dys, ...(node.saved ?? [])]);
      return wanted.map(([name]) => {
        const compute = functions?.[name];
        if (!compute) {
          throw new Error(
            `Tape.backward: input=${name} must have a gradient, but its operation has none`,
          );
        }
        const dx = compute();
        // An operation may hand on a tensor that it got; each gradient here has an owner of its own.
        const own = given.has(dx) ? dx.clone() : dx;
        given.add(own);
        return own;
      });
    });
    for (const output of node.outputs) {
      if (kept.has(output.id)) continue;
      gradients.get(output.id)?.dispose();
      gradients.delete(output.id);
    }
    wanted.forEach(([, { id }], index) => {
      const before = gradients.get(id);
      if (before) {
        gradients.set(id, tf.add(before, dxs[index]));
        before.dispose();
        dxs[index].dispose();
      } else {
        gradients.set(id, dxs[index]);
      }
    });
  }
}

/**
 * A scalar and its gradients.
 *
 * @returns both the caller's
 */
export function valueAndGradients(
  f: () => tf.Scalar,
  sources: readonly tf.Tensor[],
): { readonly value: tf.Scalar; readonly gradients: tf.Tensor[] } {
  const { value, tape } = Tape.record(f, sources);
  const one = tf.scalar(1);
  const gradients = tape.backward(one);
  one.dispose();
  return { value, gradients };
}

/** The operations that lie between sources and result, and the ids of all tensors that depend on a source. */
function connecting(tape: readonly TapeNode[], sources: readonly tf.Tensor[], result: tf.Tensor) {
  const reached = new Set(sources.map((source) => source.id));
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => reached.has(id))) {
      for (const { id } of outputs) reached.add(id);
    }
  }
  const leading = new Set([result.id]);
  const nodes: TapeNode[] = [];
  for (const node of [...tape].reverse()) {
    const { inputs, outputs } = node;
    if (!outputs.some(({ id }) => leading.has(id) && reached.has(id))) continue;
    if (!Object.values(inputs).some(({ id }) => reached.has(id))) continue;
    for (const { id } of Object.values(inputs)) if (reached.has(id)) leading.add(id);
    nodes.push(node);
  }
  return { nodes: nodes.reverse(), reached };
}

/** How many operations read each source. */
function usesOf(nodes: readonly TapeNode[], sources: ReadonlySet<number>): Map<number, number> {
  const uses = new Map<number, number>();
  for (const node of nodes) {
    for (const id of sourcesOf(node, sources)) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  return uses;
}

/** The sources that an operation reads, each once. */
function sourcesOf({ inputs }: TapeNode, sources: ReadonlySet<number>): Set<number> {
  return new Set(Object.values(inputs).flatMap(({ id }) => (sources.has(id) ? [id] : [])));
}

function release(node: TapeNode): void {
  for (const tensor of node.saved ?? []) tensor.dispose();
}
