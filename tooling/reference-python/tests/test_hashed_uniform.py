"""The same literals stand in tooling/testkit/src/hashed-uniform.test.ts."""

import hashlib
import unittest

from hifigan_reference.hashed_uniform import fnv1a, hashed_uniform


class HashedUniform(unittest.TestCase):
    def test_fnv(self):
        self.assertEqual(fnv1a(""), 2166136261)
        self.assertEqual(fnv1a("a"), 0xE40C292C)

    def test_values(self):
        self.assertEqual(
            hashed_uniform("conv_pre.weight_v", (2, 3), 1.0).astype(float).ravel().tolist(),
            [
                -0.39850321412086487, -0.42087602615356445, 0.8381150364875793,
                0.4319138824939728, 0.5648368000984192, 0.12101376056671143,
            ],
        )
        self.assertEqual(
            hashed_uniform("é", (4,), 0.25).astype(float).tolist(),
            [0.2215498834848404, -0.060002561658620834, -0.16527314484119415, 0.12804214656352997],
        )

    def test_wrapping(self):
        digest = hashlib.sha256(hashed_uniform("big", (3, 100003), 0.5).tobytes()).hexdigest()
        self.assertEqual(digest, "72e92d9d6291e241591bf8113e62085c92fcea5fd3edf7d60363441b977faf61")


if __name__ == "__main__":
    unittest.main()
