"""The same literals stand in tooling/testkit/src/hashed-state.test.ts."""

import unittest

import numpy as np

from hifigan_reference.hashed_state import hashed_state
from hifigan_reference.hashed_uniform import hashed_uniform

SHAPES = {
    "a.bias": (2,), "a.weight_g": (2, 1, 1), "a.weight_v": (2, 3, 3), "b.bias": (2,),
    "b.weight_orig": (2, 4, 1), "b.weight_u": (2,), "b.weight_v": (4,),
}


class HashedState(unittest.TestCase):
    def test_bounds(self):
        state = hashed_state(SHAPES, "p.", 1.5)
        for name, bound in [("a.weight_v", 0.5), ("a.bias", 0.5), ("b.weight_orig", 0.75)]:
            expected = hashed_uniform("p." + name, SHAPES[name], bound)
            np.testing.assert_array_equal(state[name], expected)

    def test_norms(self):
        state = hashed_state(SHAPES)
        expected = {
            "a.weight_g": [0.5851338505744934, 0.5462380647659302],
            "b.weight_u": [0.7114368677139282, -0.702750027179718],
            "b.weight_v": [0.17176933586597443, -0.7519070506095886, -0.6351211071014404, 0.04185990244150162],
        }
        for name, values in expected.items():
            self.assertEqual([float(value) for value in state[name].ravel()], values)


if __name__ == "__main__":
    unittest.main()
