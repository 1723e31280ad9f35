"""Weights of a whole network from names alone; the twin of `hashedState` in tooling/testkit.

Rules, for a layer whose weight is `[a, b, ...kernel]` in PyTorch's layout and fan_in = b · kernel:
- `weight`, `weight_v` (weight norm's direction), `weight_orig`, `bias`: hashed_uniform(prefix + name,
  shape, gain / sqrt(fan_in)); a bias takes the fan_in of its layer's weight
- `weight_g`: the norm of weight_v over all axes but the first, in float64, rounded to float32
- the one-dimensional `weight_u`, `weight_v` of spectral norm: hashed_uniform(prefix + name, shape, 1)
  divided by its norm, in float64, rounded to float32
"""

import math

import numpy as np
import torch

from .hashed_uniform import hashed_uniform


def hashed_state(shapes, prefix="", gain=1.0):
    """Arrays by name for `shapes` (name to PyTorch shape)."""

    def spread(name):
        layer = name.rsplit(".", 1)[0]
        for kind in ("weight_orig", "weight_v", "weight"):
            shape = shapes.get(f"{layer}.{kind}", ())
            if len(shape) > 1:
                return gain / math.sqrt(math.prod(shape[1:]))
        raise KeyError(f"{name}: its layer has no weight")

    state = {}
    for name, shape in shapes.items():
        kind = name.rsplit(".", 1)[1]
        if kind == "weight_g":
            continue
        if kind in ("weight_u", "weight_v") and len(shape) == 1:
            value = hashed_uniform(prefix + name, shape, 1.0)
            exact = value.astype(np.float64)
            state[name] = (exact / np.linalg.norm(exact)).astype(np.float32)
        else:
            state[name] = hashed_uniform(prefix + name, shape, spread(name))
    for name, shape in shapes.items():
        if name.endswith("weight_g"):
            v = state[name[:-1] + "v"].astype(np.float64)
            norm = np.sqrt((v.reshape(v.shape[0], -1) ** 2).sum(1))
            state[name] = norm.astype(np.float32).reshape(shape)
    return state


def load_hashed(module, prefix="", gain=1.0):
    shapes = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    state = hashed_state(shapes, prefix, gain)
    module.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return module
