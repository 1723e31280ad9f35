import { fileURLToPath } from 'node:url';
import { MPI_IMPLEMENTATIONS, requireMpi, runRanks } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../testing/rank-sums.ts', import.meta.url));

describe('two ranks get of each operation what MPI promises', () => {
  for (const implementation of MPI_IMPLEMENTATIONS) {
    const { available } = requireMpi(implementation);
    test.skipIf(!available)(
      implementation.name,
      async () => {
        const { code, stdout, stderr } = await runRanks({
          ...{ implementation, ranks: 2, program: [PROGRAM] },
        });
        expect(code, stderr).toBe(0);
        const lines = stdout.trim().split('\n');
        const found = lines.map((line) => JSON.parse(line)).sort((a, b) => a.rank - b.rank);
        expect(found).toEqual(
          [0, 1].map((rank) => ({
            ...{ rank, size: 2 },
            library: expect.stringContaining(implementation.name),
            floats: [3, 1],
            long: [3, 3],
            doubles: [1, 2 ** -39],
            bytes: [0, 7],
            texts: ['rank 0', 'rank rank 1'],
            agreed: { interrupted: true, over: true, compare: false },
            ...{ UCX_MEM_EVENTS: 'no', UCX_HANDLE_ERRORS: 'none' },
          })),
        );
      },
      120_000,
    );
  }
});
