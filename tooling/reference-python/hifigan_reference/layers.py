"""Convolutions under PyTorch's own weight and spectral norm (the older API, whose names checkpoints use)."""

import warnings

import torch

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.nn.utils import remove_weight_norm, spectral_norm, weight_norm

__all__ = ["leaky", "normed", "remove_weight_norm", "same"]


def leaky(x, slope=0.1):
    return torch.nn.functional.leaky_relu(x, slope)


def same(kernel, dilation=1):
    """Padding that keeps the length."""
    return (kernel - 1) * dilation // 2


def normed(layer, spectral=False):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return spectral_norm(layer) if spectral else weight_norm(layer)
