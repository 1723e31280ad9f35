// What a thread of `BatchThreads` runs.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type BatchThreadStart, serveBatches } from './serve-batches.js';

serveBatches(parentPort as MessagePort, workerData as BatchThreadStart);
