"""The same literals stand in tooling/testkit/src/summary.test.ts."""

import unittest

import numpy as np

from hifigan_reference.goldens.summary import projections


class Projections(unittest.TestCase):
    def test_signs(self):
        self.assertEqual(projections(np.arange(1000.0)).tolist(), [-7228, 5710, -5560])
        self.assertEqual(projections(2.0 ** np.arange(5)).tolist(), [-3, -25, -17])


if __name__ == "__main__":
    unittest.main()
