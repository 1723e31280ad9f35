import * as tf from '@tensorflow/tfjs';
import type { GradientReady, GradientReducer } from '../../update.js';
import type { Communicator, Pending } from './communicator.js';

/** Tensors of fewer values travel together, since each journey costs about as much as these. */
const SMALL = 16_384;
/** Most values of small tensors that travel together. */
const PACKED = 262_144;

/** A tensor on its way: its values, which may be a part of several that travel together. */
interface Journey {
  readonly values: Float32Array;
  readonly arrival: Arrival;
}

/** Of one or more tensors. */
interface Arrival {
  pending?: Pending;
}

/**
 * Sums gradients over ranks. Large ones travel alone, from memory of their own; small ones together. They are on their
 * way from the moment that they are handed in, so that the next can be computed meanwhile.
 */
export class GradientSum {
  private readonly communicator: Communicator;
  private readonly journeys = new Map<number, Journey>();
  /** In the order of their sending. */
  private travelling: Pending[] = [];
  private pack: { readonly values: Float32Array; used: number; arrival: Arrival } | undefined;

  constructor(communicator: Communicator) {
    this.communicator = communicator;
  }

  readonly reduce: GradientReducer = (_, gradients) => {
    for (const gradient of gradients) this.begin(gradient);
    this.sendPack();
    const summed = gradients.map((gradient) => this.arrived(gradient));
    this.travelling = [];
    return summed;
  };

  readonly ready: GradientReady = (gradient) => {
    this.begin(gradient);
    this.progress();
  };

  /**
   * What is on its way only moves while MPI is called: a look at the oldest moves all. One that has arrived is not
   * looked at again.
   */
  private progress(): void {
    while (this.travelling.length > 0 && this.travelling[0].test()) this.travelling.shift();
  }

  /** Sends a gradient off, if it is not on its way. On every rank, the same gradients in the same order. */
  private begin(gradient: tf.Tensor): void {
    if (this.journeys.has(gradient.id)) return;
    if (gradient.size < SMALL) {
      this.journeys.set(gradient.id, this.packed(gradient.dataSync() as Float32Array));
      return;
    }
    const values = ownValues(gradient);
    gradient.dispose();
    const arrival = { pending: this.send(values) };
    this.journeys.set(gradient.id, { values, arrival });
  }

  private packed(values: Float32Array): Journey {
    if (this.pack && this.pack.used + values.length > PACKED) this.sendPack();
    this.pack ??= { values: new Float32Array(PACKED), used: 0, arrival: {} };
    const { pack } = this;
    const place = pack.values.subarray(pack.used, pack.used + values.length);
    place.set(values);
    pack.used += values.length;
    return { values: place, arrival: pack.arrival };
  }

  private sendPack(): void {
    if (!this.pack) return;
    const { values, used, arrival } = this.pack;
    arrival.pending = this.send(values.subarray(0, used));
    this.pack = undefined;
  }

  private send(values: Float32Array): Pending {
    const pending = this.communicator.iallreduceSum(values);
    this.travelling.push(pending);
    return pending;
  }

  private arrived(gradient: tf.Tensor): tf.Tensor {
    const { values, arrival } = this.journeys.get(gradient.id)!;
    this.journeys.delete(gradient.id);
    arrival.pending!.wait();
    // Those of a pack do not keep all of it.
    const own = values.length < SMALL ? values.slice() : values;
    return tf.tensor(own, gradient.shape, 'float32');
  }
}

/** A gradient's values, to be changed in place: some backends hand out a copy, others what all tensors of it share. */
function ownValues(gradient: tf.Tensor): Float32Array {
  const values = gradient.dataSync() as Float32Array;
  return tf.backend().refCount(gradient.dataId) > 1 ? values.slice() : values;
}
