"""Summaries of tensors too big to commit; the twin of testkit's `expectSummary`."""

import numpy as np

FULL, SAMPLES = 256, 64


def sampled_indices(count):
    """All up to 256 values, else 64 from the first to the last: floor(i * (count - 1) / 63)."""
    if count <= FULL:
        return np.arange(count)
    return np.arange(SAMPLES, dtype=np.int64) * (count - 1) // (SAMPLES - 1)


def summarise(arrays, name, tensor):
    """Adds `<name>/stats` (count, largest size, Euclidean norm, mean) and `<name>/values`, in float64."""
    flat = tensor.detach().double().reshape(-1).numpy()
    stats = [flat.size, np.abs(flat).max(), np.sqrt((flat**2).sum()), flat.mean()]
    arrays[f"{name}/stats"] = np.array(stats)
    arrays[f"{name}/values"] = flat[sampled_indices(flat.size)]


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
