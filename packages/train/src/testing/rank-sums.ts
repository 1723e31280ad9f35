// A program for tests: what a rank gets of each operation of MPI, as a line of JSON.
import { openRanks } from '../node/mpi/open-ranks.js';

const opened = await openRanks(process.env);
if (!opened) throw new Error('must be started by a launcher of MPI');
const { communicator } = opened.ranks;
const { rank, size, library } = communicator;

const floats = Float32Array.of(rank + 1, 0.5);
communicator.allreduceSum(floats);
// Longer than what is sent at once, and of both types.
const long = new Float32Array(300_000).fill(rank + 1);
const doubles = Float64Array.of(rank, 2 ** -40);
const pending = [communicator.iallreduceSum(long), communicator.iallreduceSum(doubles)];
pending[1].wait();
await pending[0].done();
const bytes = Uint8Array.of(rank, rank + 7);
communicator.broadcast(bytes);
const texts = opened.ranks.tell('rank '.repeat(rank + 1) + rank);
const agreed = await opened.ranks.agree({ interrupted: rank === 1, over: true, compare: false });
await communicator.ibarrier().done();
communicator.finalize();
const { UCX_MEM_EVENTS, UCX_HANDLE_ERRORS } = process.env;
const line = {
  ...{ rank, size, library, floats: [...floats], long: [long[0], long.at(-1)] },
  ...{ doubles: [...doubles], bytes: [...bytes], texts, agreed, UCX_MEM_EVENTS, UCX_HANDLE_ERRORS },
};
process.stdout.write(`${JSON.stringify(line)}\n`);
