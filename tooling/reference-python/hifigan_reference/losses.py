"""Losses of a training step (least squares GAN, feature matching, mel)."""

import math

import torch

from .mel_torch import MelSpectrogram

MEL_WEIGHT, FEATURE_WEIGHT = 45, 2
MULTISCALE_WEIGHT = 15
WINDOWS = (32, 64, 128, 256, 512, 1024, 2048)
BANDS = (5, 10, 20, 40, 80, 160, 320)
MAGNITUDE_WEIGHT = 15
ROOT_WEIGHTS = (250, 150, 100, 125, 170, 110, 65)
LOW_WINDOWS = {2048: 1, 4096: 0.7}
LOW_HZ = 700


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
        mel = scaled(config, window, bands, real.dtype)
        total = total + (mel(real) - mel(generated)).abs().mean() / math.log(10)
    return MULTISCALE_WEIGHT * total


def magnitude_loss(config, real, generated):
    """Square roots of mel magnitudes over the same windows, and the spectrum to 700 Hz as it is; weighted sum."""
    total = 0
    for window, bands, weight in zip(WINDOWS, BANDS, ROOT_WEIGHTS):
        mel = scaled(config, window, bands, real.dtype)
        root = lambda audio: torch.sqrt(torch.clamp(mel.basis @ mel.magnitudes(audio), min=1e-5))
        total = total + weight * (root(real) - root(generated)).abs().mean()
    for window, weight in LOW_WINDOWS.items():
        spectrum = scaled(config, window, 80, real.dtype).magnitudes
        bins = LOW_HZ * window // config["sampling_rate"] + 1
        low = lambda audio: spectrum(audio)[:, :bins]
        total = total + weight * (low(real) - low(generated)).abs().mean()
    return MAGNITUDE_WEIGHT * total


def scaled(config, window, bands, dtype):
    frames = {"n_fft": window, "win_size": window, "hop_size": window // 4, "num_mels": bands}
    return MelSpectrogram({**config, **frames}, "fmax_for_loss", dtype, padding=window // 2)
