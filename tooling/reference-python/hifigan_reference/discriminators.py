"""Discriminators. Audio `[batch, 1, samples]` in; of each sub-discriminator (score `[batch, n]`, maps)."""

import torch
from torch import nn

from .layers import leaky, normed


class Period(nn.Module):
    def __init__(self, period):
        super().__init__()
        self.period = period
        widths = [1, 32, 128, 512, 1024, 1024]
        self.convs = nn.ModuleList(
            normed(nn.Conv2d(a, b, (5, 1), (1 if i == 4 else 3, 1), padding=(2, 0)))
            for i, (a, b) in enumerate(zip(widths, widths[1:]))
        )
        self.conv_post = normed(nn.Conv2d(1024, 1, (3, 1), padding=(1, 0)))

    def forward(self, audio):
        missing = -audio.shape[-1] % self.period
        x = nn.functional.pad(audio, (0, missing), mode="reflect") if missing else audio
        x = x.view(*x.shape[:2], -1, self.period)
        maps = []
        for conv in self.convs:
            x = leaky(conv(x))
            maps.append(x)
        x = self.conv_post(x)
        return x.flatten(1), [*maps, x]


class Scale(nn.Module):
    def __init__(self, spectral):
        super().__init__()
        # (in, out, kernel, stride, groups, padding)
        shapes = [
            (1, 128, 15, 1, 1, 7), (128, 128, 41, 2, 4, 20), (128, 256, 41, 2, 16, 20),
            (256, 512, 41, 4, 16, 20), (512, 1024, 41, 4, 16, 20), (1024, 1024, 41, 1, 16, 20),
            (1024, 1024, 5, 1, 1, 2),
        ]
        self.convs = nn.ModuleList(
            normed(nn.Conv1d(a, b, kernel, stride, padding, groups=groups), spectral)
            for a, b, kernel, stride, groups, padding in shapes
        )
        self.conv_post = normed(nn.Conv1d(1024, 1, 3, padding=1), spectral)

    def forward(self, x):
        maps = []
        for conv in self.convs:
            x = leaky(conv(x))
            maps.append(x)
        x = self.conv_post(x)
        return x.flatten(1), [*maps, x]


class MultiPeriod(nn.Module):
    def __init__(self):
        super().__init__()
        self.discriminators = nn.ModuleList(Period(p) for p in (2, 3, 5, 7, 11))

    def forward(self, audio):
        return [each(audio) for each in self.discriminators]


class MultiScale(nn.Module):
    def __init__(self):
        super().__init__()
        self.discriminators = nn.ModuleList(Scale(spectral=i == 0) for i in range(3))

    def forward(self, audio):
        results = []
        for i, each in enumerate(self.discriminators):
            if i:
                audio = nn.functional.avg_pool1d(audio, 4, 2, 2)  # padded zeros count
            results.append(each(audio))
        return results


def judge(discriminator, real, generated):
    """Real and generated separately, one sub-discriminator's real before its generated, as upstream.

    (Spectral norm takes one power iteration a forward, so the order and the number of forwards matter.
    Each sub-discriminator has its own weights, so all real before all generated is the same.)
    """
    return discriminator(real), discriminator(generated)


def sigma(layer):
    """The singular value that spectral norm divides by, from the buffers as they stand."""
    weight = layer.weight_orig.detach().flatten(1)
    return torch.dot(layer.weight_u, weight @ layer.weight_v)
