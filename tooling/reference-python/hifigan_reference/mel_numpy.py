"""Mel spectrograms in float64 numpy: the truth that every other implementation approaches.

Layouts are time first: magnitudes `[frames, bins]`, log-mels `[frames, mels]`.
"""

import numpy as np


def hz_to_mel(hz):
    """Slaney's scale: linear (200/3 Hz a mel) below 1 kHz, 27 mels for each factor 6.4 above."""
    hz = np.asarray(hz, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        upper = 15.0 + 27.0 * np.log(hz / 1000.0) / np.log(6.4)
    return np.where(hz < 1000.0, hz * 3.0 / 200.0, upper)


def mel_to_hz(mel):
    mel = np.asarray(mel, dtype=np.float64)
    return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * 6.4 ** ((mel - 15.0) / 27.0))


def filterbank(sampling_rate, n_fft, num_mels, fmin, fmax):
    """Triangles of unit area in Hz, `[num_mels, n_fft / 2 + 1]`. fmax None = sampling_rate / 2."""
    fmax = sampling_rate / 2 if fmax is None else fmax
    edges = mel_to_hz(np.linspace(hz_to_mel(fmin), hz_to_mel(fmax), num_mels + 2))
    hz = np.arange(n_fft // 2 + 1) * (sampling_rate / n_fft)
    left, centre, right = (edges[i : i + num_mels, None] for i in range(3))
    rising = (hz - left) / (centre - left)
    falling = (right - hz) / (right - centre)
    return np.maximum(0.0, np.minimum(rising, falling)) * 2.0 / (right - left)


def hann(size):
    """Periodic."""
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size)


def magnitudes(audio, n_fft, hop_size, win_size):
    """`sqrt(re² + im² + 1e-9)` of centred windows after reflect-padding by (n_fft - hop_size) / 2."""
    pad = (n_fft - hop_size) // 2
    audio = np.pad(np.asarray(audio, dtype=np.float64), pad, mode="reflect")
    window = np.zeros(n_fft)
    left = (n_fft - win_size) // 2
    window[left : left + win_size] = hann(win_size)
    frames = (len(audio) - n_fft) // hop_size + 1
    rows = np.arange(frames)[:, None] * hop_size + np.arange(n_fft)
    spectrum = np.fft.rfft(audio[rows] * window, axis=1)
    return np.sqrt(spectrum.real**2 + spectrum.imag**2 + 1e-9)


def log_mel(audio, config, fmax="fmax"):
    """Natural log of the mel magnitudes, floored at 1e-5. `fmax` names the key of the upper edge."""
    basis = filterbank(
        config["sampling_rate"], config["n_fft"], config["num_mels"], config["fmin"], config[fmax]
    )
    linear = magnitudes(audio, config["n_fft"], config["hop_size"], config["win_size"]) @ basis.T
    return np.log(np.maximum(linear, 1e-5))
