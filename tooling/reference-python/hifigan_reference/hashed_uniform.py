"""The twin of `hashedUniform` in tooling/testkit: weights that need no file."""

import numpy as np

_STEP = 0x6D2B79F5


def fnv1a(name: str) -> int:
    """FNV-1a, 32 bits, of the UTF-8 bytes of a name."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def hashed_uniform(name: str, shape, bound: float) -> np.ndarray:
    """float32 array of that shape (row-major), each value in [-bound, bound), from name and place alone."""
    count = int(np.prod(shape, dtype=np.int64))
    u32 = np.uint32
    place = np.arange(1, count + 1, dtype=np.uint64)
    state = ((fnv1a(name) + place * _STEP) & 0xFFFFFFFF).astype(u32)
    # uint32 arrays wrap on overflow, as Math.imul does.
    t = (state ^ (state >> u32(15))) * (state | u32(1))
    t = (t + (t ^ (t >> u32(7))) * (t | u32(61))) ^ t
    uniform = (t ^ (t >> u32(14))).astype(np.float64) / 2.0**32
    return ((2.0 * uniform - 1.0) * bound).astype(np.float32).reshape(shape)
