"""Goldens of @hifigan/metrics: what others' programs and the formulas say of recordings and spoilt copies."""

import warnings

import librosa
import numpy as np
import pystoi
import scipy
import scipy.stats
import soundfile
import torch

from ..config import V1
from ..hashed_uniform import hashed_uniform
from ..mel_numpy import log_mel
from .store import ROOT, Store

LAYOUT = """
Recordings: `samples/*.wav` by their names (their licences: samples/LICENSE.md), 16 kHz. Copies, made alike by `testing.ts`: `noisy`
(uniform noise of ±0.02), `dull` (mean of 9 samples), `glided` (read along a time axis that swings by 300 samples).
`<recording>/<copy>/…`: `stoi`, `estoi` (pystoi; `rates/…` of the first noisy copy, as if its rate were another), (by resolution: spectral convergence, log magnitude; torch), `mel` (mean difference up to fmax and full band), `mcd`
(as it is, and along librosa's path), `si_sdr`. `<recording>/<recording or copy>/f0`: librosa.pyin, 0 where unvoiced.
Of `<sample>/…`, in `bootstrap`: `values`, `means` (of scipy's resamples), `bca` and `percentile` (low and high, by confidence).
"""

RECORDINGS = ["en-vm-review", "ru-vm-review"]
RATE = 16000
# What the samples of the first noisy copy are taken for, too, so that each way of resampling is used.
OTHER_RATES = [8000, 10000, 22050, 44100]
RESOLUTIONS = [(1024, 120, 600), (2048, 240, 1200), (512, 50, 240)]
PITCH = {"fmin": 65.0, "fmax": 600.0, "frame_length": 1024, "hop_length": 160}
MEL = {**V1, "sampling_rate": RATE, "fmax": 7600, "full": None}


def copies(name, audio):
    at = np.arange(len(audio))
    noise = hashed_uniform(f"metrics/{name}", audio.shape, 0.02)
    padded = np.pad(audio.astype(np.float64), 4)
    mean = sum(padded[k : k + len(audio)] for k in range(9)) / 9
    place = np.clip(at - 300 * (1 - np.cos(2 * np.pi * 3 * at / len(audio))) / 2, 0, len(audio) - 1)
    return {
        "noisy": (audio + noise).astype(np.float32),
        "dull": mean.astype(np.float32),
        "glided": np.interp(place, at, audio).astype(np.float32),
    }


def intelligibility(reference, generated, rates):
    clean, judged = reference.astype(np.float64), generated.astype(np.float64)
    return {
        measure: np.array([pystoi.stoi(clean, judged, rate, extended) for rate in rates])
        for measure, extended in (("stoi", False), ("estoi", True))
    }


def stft_distances(reference, generated):
    def magnitude(audio, n_fft, hop, win):
        window = torch.hann_window(win, dtype=torch.float64)
        spectrum = torch.stft(
            torch.from_numpy(audio).double(), n_fft, hop, win, window, center=True, return_complex=True
        )
        return torch.sqrt(torch.clamp(spectrum.abs() ** 2, min=1e-7)).numpy()

    values = []
    for shape in RESOLUTIONS:
        true, made = magnitude(reference, *shape), magnitude(generated, *shape)
        values.append([
            np.linalg.norm(true - made) / np.linalg.norm(true), np.abs(np.log(true) - np.log(made)).mean()
        ])
    return np.array(values)


def cepstra(mel):
    """Coefficients 1 to 13 with ln|S| = c0 + sum of c_k cos."""
    return scipy.fft.dct(mel, type=2, axis=1)[:, 1:14] / mel.shape[1]


def distortions(reference, generated):
    scale = 10 * np.sqrt(2) / np.log(10)
    true, made = cepstra(reference), cepstra(generated)
    straight = np.linalg.norm(true - made, axis=1).mean()
    _, path = librosa.sequence.dtw(true.T, made.T, metric="euclidean")
    aligned = np.linalg.norm(true[path[:, 0]] - made[path[:, 1]], axis=1).mean()
    return np.array([scale * straight, scale * aligned])


def si_sdr(reference, generated):
    true = reference.astype(np.float64) - reference.mean(dtype=np.float64)
    made = generated.astype(np.float64) - generated.mean(dtype=np.float64)
    (scale,), (error,), _, _ = np.linalg.lstsq(true[:, None], made, rcond=None)
    return np.array([10 * np.log10(((scale * true) ** 2).sum() / error)])


def pitch(audio):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f0, voiced, _ = librosa.pyin(audio.astype(np.float64), sr=RATE, **PITCH)
    return np.where(voiced, f0, 0.0)


CONFIDENCES = [0.95, 0.8]


def samples():
    def uniform(name, count):
        return hashed_uniform(f"bootstrap/{name}", (count,), 1.0).astype(np.float64)

    return {
        "skewed": np.abs(uniform("skewed", 23)) ** 4,
        "scores": 1 - 0.2 * np.abs(uniform("scores", 60)) ** 3,
        "differences": uniform("differences", 40) + 0.1,
        "few": uniform("few", 5),
        "tied": np.round(4 * uniform("tied", 12)),
    }


def bootstrap():
    """scipy's distribution of means, and the intervals that it takes from that."""
    arrays = {}
    for name, values in samples().items():
        drawn = scipy.stats.bootstrap((values,), np.mean, n_resamples=999, rng=np.random.default_rng(1))
        arrays |= {f"{name}/values": values, f"{name}/means": drawn.bootstrap_distribution}
        for method in ("bca", "percentile"):
            found = [
                scipy.stats.bootstrap(
                    (values,), np.mean, n_resamples=0, bootstrap_result=drawn, method=method, confidence_level=one
                ).confidence_interval
                for one in CONFIDENCES
            ]
            arrays[f"{name}/{method}"] = np.array([[one.low, one.high] for one in found])
    return arrays


def run(options):
    store = Store("metrics", options.check)
    store.put(
        "bootstrap", bootstrap(), "confidence intervals of means by scipy.stats.bootstrap",
        {"scipy": scipy.__version__, "samples": list(samples()), "confidences": CONFIDENCES},
        tolerance=1e-12,
    )
    arrays = {}
    for name in RECORDINGS:
        audio, rate = soundfile.read(ROOT / "samples" / f"{name}.wav", dtype="float32")
        assert rate == RATE and audio.ndim == 1
        arrays[f"{name}/recording/f0"] = pitch(audio)
        for copy, spoilt in copies(name, audio).items():
            key = f"{name}/{copy}"
            arrays |= {f"{key}/{measure}": value for measure, value in intelligibility(audio, spoilt, [RATE]).items()}
            if (name, copy) == (RECORDINGS[0], "noisy"):
                other = intelligibility(audio, spoilt, OTHER_RATES)
                arrays |= {f"rates/{measure}": value for measure, value in other.items()}
            mels = [[log_mel(one, MEL, band) for one in (audio, spoilt)] for band in ("fmax", "full")]
            arrays[f"{key}/mel"] = np.array([np.abs(true - made).mean() for true, made in mels])
            arrays[f"{key}/mcd"] = distortions(*mels[1])
            arrays[f"{key}/stft"] = stft_distances(audio, spoilt)
            arrays[f"{key}/si_sdr"] = si_sdr(audio, spoilt)
            if copy == "glided":
                arrays[f"{key}/f0"] = pitch(spoilt)
    keys = ["sampling_rate", "n_fft", "hop_size", "win_size", "num_mels", "fmin", "fmax"]
    store.put(
        "measures", arrays, "the measures of two recordings, each against three spoilt copies of it",
        {
            "pystoi": "0.4.1", "scipy": scipy.__version__, "recordings": RECORDINGS, "other_rates": OTHER_RATES,
            "resolutions": RESOLUTIONS, "mel": {key: MEL[key] for key in keys}, "pitch": PITCH,
        },
        tolerance=1e-6,
    )
    store.finish(LAYOUT)
    return store.problems
