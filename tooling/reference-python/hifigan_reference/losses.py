"""Losses of a training step (least squares GAN, feature matching, mel)."""

import math

from .mel_torch import MelSpectrogram

MEL_WEIGHT, FEATURE_WEIGHT = 45, 2
MULTISCALE_WEIGHT = 15
WINDOWS = (32, 64, 128, 256, 512, 1024, 2048)
BANDS = (5, 10, 20, 40, 80, 160, 320)


def discriminator_loss(real, generated):
    """Over (score, maps) of each sub-discriminator."""
    return sum(
        (1 - r).square().mean() + g.square().mean() for (r, _), (g, _) in zip(real, generated)
    )


def generator_loss(generated):
    return sum((1 - score).square().mean() for score, _ in generated)


def feature_loss(real, generated):
    return FEATURE_WEIGHT * sum(
        (r - g).abs().mean()
        for (_, real_maps), (_, maps) in zip(real, generated)
        for r, g in zip(real_maps, maps)
    )


def mel_loss(real, generated):
    return MEL_WEIGHT * (real - generated).abs().mean()


def multiscale_mel_loss(config, real, generated):
    """BigVGAN-v2's mel loss of audio `[batch, samples]`: centred frames, common logarithms, summed over windows."""
    total = 0
    for window, bands in zip(WINDOWS, BANDS):
        scale = {**config, "n_fft": window, "win_size": window, "hop_size": window // 4, "num_mels": bands}
        mel = MelSpectrogram(scale, "fmax_for_loss", real.dtype, padding=window // 2)
        total = total + (mel(real) - mel(generated)).abs().mean() / math.log(10)
    return MULTISCALE_WEIGHT * total
