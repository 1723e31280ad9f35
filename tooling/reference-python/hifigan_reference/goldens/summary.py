"""Summaries of tensors too big to commit; the twin of testkit's `expectSummary`."""

import functools

import numpy as np

from ..hashed_uniform import hashed_uniform

FULL, SAMPLES, PROJECTIONS = 256, 64, 3


def sampled_indices(count):
    """All up to 256 values, else 64 from the first to the last: floor(i * (count - 1) / 63)."""
    if count <= FULL:
        return np.arange(count)
    return np.arange(SAMPLES, dtype=np.int64) * (count - 1) // (SAMPLES - 1)


@functools.cache
def _signs(projection, count):
    return np.where(hashed_uniform(f"projection.{projection}", (count,), 1.0) < 0, -1, 1).astype(np.int8)


def signs(projection, count):
    """-1 or 1 for each value: the sign of `hashed_uniform('projection.<k>', [count], 1)`, 1 for its 0."""
    # A shorter array is the beginning of a longer one, so few lengths need be made.
    return _signs(projection, 1 << max(count - 1, 1).bit_length())[:count]


def projections(flat):
    """Signed sums over all values, in which an error anywhere shows."""
    return np.array([(flat * signs(k, flat.size)).sum() for k in range(PROJECTIONS)])


def summarise(arrays, name, tensor, projected=True):
    """Adds, in float64, `<name>/stats` (count, largest size, Euclidean norm, mean) and `<name>/values`.

    Of a tensor that is not kept whole also `<name>/projections`, where they are asked for.
    """
    flat = tensor.detach().double().reshape(-1).numpy()
    stats = [flat.size, np.abs(flat).max(), np.sqrt((flat**2).sum()), flat.mean()]
    arrays[f"{name}/stats"] = np.array(stats)
    arrays[f"{name}/values"] = flat[sampled_indices(flat.size)]
    if projected and flat.size > FULL:
        arrays[f"{name}/projections"] = projections(flat)


def relative(exact, other):
    """Largest difference over the largest size of `exact`."""
    exact, other = exact.detach().double(), other.detach().double()
    return float((exact - other).abs().max() / exact.abs().max().clamp(min=1e-300))


class Deviation:
    """Float32's own distance from float64: what no float32 implementation can be asked to beat by much."""

    def __init__(self):
        self.groups = {}

    def note(self, group, name, exact, other):
        value = relative(exact, other)
        found = self.groups.setdefault(group, {"worst": -1.0, "of": None, "count": 0, "sum": 0.0})
        found["count"] += 1
        found["sum"] += value
        if not value <= found["worst"]:
            found["worst"], found["of"] = value, name

    def metadata(self):
        return {
            group: {
                "worst": float(f"{found['worst']:.3g}"), "of": found["of"],
                "mean": float(f"{found['sum'] / found['count']:.3g}"),
            }
            for group, found in self.groups.items()
        }
