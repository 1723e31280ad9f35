"""Goldens of @hifigan/audio."""

import librosa
import numpy as np
import torch

from ..config import V1
from ..hashed_uniform import hashed_uniform
from ..mel_numpy import filterbank, log_mel, magnitudes
from ..torchaudio_import import torchaudio
from .mel_profiles import profiles
from .store import Store

LAYOUT = """
Layout is ours, time first: magnitudes `[frames, bins]`, log-mels `[frames, mels]`, audio `[samples]`.
`…/librosa`, `…/torch`, `…/torchaudio` are those libraries' float32 results.
Resampling: `<from>_<to>/{input,kaiser,hann}`, torchaudio's windowed sinc in float64.
Silence: `<case>/audio`, `<case>/power` (mean squares of frames) and `<case>/trim_<decibels>`: first sample and the one behind
the last, as librosa.effects.trim cuts.
Spectral subtraction: `denoised_<strength>`, torch's stft and istft.
"""

BANKS = [
    (22050, 1024, 80, 0, 8000), (22050, 1024, 80, 0, None), (16000, 1024, 80, 0, 8000),
    (24000, 1024, 100, 0, 12000), (44100, 2048, 128, 40, 16000), (48000, 2048, 80, 0, None),
]
KAISER = {
    "lowpass_filter_width": 64, "rolloff": 0.9475937167399596,
    "resampling_method": "sinc_interp_kaiser", "beta": 14.769656459379492,
}


def signal(name, samples, rate):
    """Voice-like harmonics with a gliding pitch, noise, a click, and silence near the end; float32."""
    time = np.arange(samples) / rate
    phase = 2 * np.pi * (140 * time + 30 * np.sin(2 * np.pi * 1.7 * time))
    audio = sum(np.sin(k * phase) / k for k in range(1, 20)) * 0.15
    audio += hashed_uniform(name, (samples,), 0.05)
    audio[samples // 3] += 0.4
    audio[int(samples * 0.8) : int(samples * 0.95)] = 0.0
    return audio.astype(np.float32)


def banks(store):
    arrays, off = {}, {}
    for rate, n_fft, mels, fmin, fmax in BANKS:
        exact = filterbank(rate, n_fft, mels, fmin, fmax)
        rows, columns = np.nonzero(exact)
        judge = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=mels, fmin=fmin, fmax=fmax)
        top = float(rate / 2 if fmax is None else fmax)
        other = torchaudio.functional.melscale_fbanks(
            n_fft // 2 + 1, float(fmin), top, mels, rate, norm="slaney", mel_scale="slaney"
        ).numpy().T
        key = f"{rate}_{n_fft}_{mels}_{fmin}_{fmax or 'null'}"
        arrays |= {
            f"{key}/row": rows.astype(np.int32), f"{key}/column": columns.astype(np.int32),
            f"{key}/value": exact[rows, columns], f"{key}/librosa": judge[rows, columns],
        }
        off[key] = {
            "librosa": float(np.abs(judge - exact).max() / exact.max()),
            "torchaudio": float(np.abs(other - exact).max() / exact.max()),
        }
        assert off[key]["librosa"] < 1e-6 and off[key]["torchaudio"] < 1e-4, off
    store.put(
        "mel-filterbank", arrays,
        "filterbanks `<rate>_<n_fft>_<mels>_<fmin>_<fmax>` as their non-zero entries: row (mel), column "
        "(bin), value; all others are zero",
        {"relative_difference": off}, tolerance=1e-12, judged=("/librosa",),
    )


def judges(audio, config, fmax):
    """librosa's, torch's and torchaudio's float32 log-mel."""
    n_fft, hop, win = config["n_fft"], config["hop_size"], config["win_size"]
    rate, mels, top = config["sampling_rate"], config["num_mels"], config[fmax]
    pad = (n_fft - hop) // 2
    padded = np.pad(audio, pad, mode="reflect")
    basis = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=mels, fmin=config["fmin"], fmax=top)

    def finish(magnitude, bank):
        return np.log(np.maximum(bank @ magnitude, np.float32(1e-5))).T

    ours = librosa.stft(padded, n_fft=n_fft, hop_length=hop, win_length=win, center=False)
    by_librosa = finish(np.sqrt(ours.real**2 + ours.imag**2 + np.float32(1e-9)), basis)
    theirs = torch.stft(
        torch.from_numpy(padded), n_fft, hop, win, torch.hann_window(win), center=False,
        return_complex=True,
    )
    by_torch = finish(torch.sqrt(torch.view_as_real(theirs).pow(2).sum(-1) + 1e-9).numpy(), basis)
    spectrogram = torchaudio.transforms.Spectrogram(n_fft, win, hop, power=None, center=False)
    scale = torchaudio.transforms.MelScale(
        mels, rate, float(config["fmin"]), None if top is None else float(top), n_fft // 2 + 1,
        norm="slaney", mel_scale="slaney",
    )
    complex_ = torch.view_as_real(spectrogram(torch.from_numpy(padded)))
    linear = scale(torch.sqrt(complex_.pow(2).sum(-1) + 1e-9))
    by_torchaudio = torch.log(torch.clamp(linear, min=1e-5)).numpy().T
    return {"librosa": by_librosa, "torch": by_torch, "torchaudio": by_torchaudio}


def mels(store):
    wide = {
        **V1, "sampling_rate": 44100, "n_fft": 2048, "hop_size": 512, "win_size": 2048,
        "num_mels": 128, "fmin": 40, "fmax": 16000,
    }
    cases = [
        ("mel-22050", "the default profile, 1 s, with magnitudes", V1, "fmax", 22050, True),
        ("mel-22050-full-band", "fmax null, as in the mel loss", V1, "fmax_for_loss", 22050, False),
        ("mel-22050-win800", "win_size 800 < n_fft 1024, hop 200, with magnitudes",
         {**V1, "win_size": 800, "hop_size": 200}, "fmax", 7000, True),
        ("mel-44100", "44.1 kHz, n_fft 2048, hop 512, 128 mels, 40 to 16000 Hz", wide, "fmax", 22050, False),
    ]
    for name, about, config, fmax, samples, with_magnitudes in cases:
        audio = signal(f"audio/{name}", samples, config["sampling_rate"])
        exact = log_mel(audio, config, fmax)
        arrays = {"audio": audio, "log_mel": exact}
        if with_magnitudes:
            arrays["magnitude"] = magnitudes(
                audio, config["n_fft"], config["hop_size"], config["win_size"]
            )
        off = {}
        for judge, value in judges(audio, config, fmax).items():
            arrays[f"log_mel/{judge}"] = value.astype(np.float32)
            off[judge] = {
                "max": float(np.abs(value - exact).max()), "mean": float(np.abs(value - exact).mean())
            }
            assert off[judge]["mean"] < 1e-4, off
        keys = ["sampling_rate", "n_fft", "hop_size", "win_size", "num_mels", "fmin"]
        options = {key: config[key] for key in keys} | {"fmax": config[fmax]}
        store.put(
            name, arrays, about, {"options": options, "float32_difference": off}, tolerance=1e-9,
            judged=("/librosa", "/torch", "/torchaudio"),
        )


def resampling(store):
    arrays = {}
    for source, target in [(16000, 22050), (44100, 22050), (22050, 16000), (48000, 22050)]:
        key = f"{source}_{target}"
        audio = signal(f"resample/{key}", source // 4, source)
        exact = torch.from_numpy(audio).double()
        resample = torchaudio.functional.resample
        arrays |= {
            f"{key}/input": audio,
            f"{key}/kaiser": resample(exact, source, target, **KAISER).numpy(),
            f"{key}/hann": resample(exact, source, target).numpy(),
        }
    store.put(
        "resample", arrays, "a quarter second from one rate to another",
        {"kaiser": KAISER, "hann": {"lowpass_filter_width": 6, "rolloff": 0.99}}, tolerance=1e-9,
    )


def silence(store):
    arrays = {}
    # Samples, where the sound begins and ends, how loud the rest is; odd lengths, and one shorter than a frame.
    cases = {
        "middle": (12345, 4000, 9000, 1e-3), "early": (9216, 0, 3000, 3e-3), "late": (8191, 5000, 8191, 1e-5),
        "brief": (1500, 300, 1100, 1e-2), "silent": (3000, 0, 0, 0.0),
    }
    for name, (samples, first, last, floor) in cases.items():
        audio = hashed_uniform(f"silence/{name}/floor", (samples,), floor).astype(np.float32)
        audio[first:last] += signal(f"silence/{name}", samples, 22050)[first:last]
        arrays[f"{name}/audio"] = audio
        arrays[f"{name}/power"] = librosa.feature.rms(y=audio, dtype=np.float64)[0] ** 2
        for decibels in (20, 40, 60):
            _, edges = librosa.effects.trim(audio, top_db=decibels)
            arrays[f"{name}/trim_{decibels}"] = np.asarray(edges, dtype=np.float64)
    store.put(
        "silence", arrays, "sound between silence, and where librosa cuts it",
        {"frame_length": 2048, "hop_length": 512}, tolerance=1e-9,
    )


def subtraction(store):
    """The denoiser of WaveGlow and of NVIDIA's HiFi-GAN, with torch's own transforms in float64."""
    n_fft, hop = 1024, 256
    window = torch.hann_window(n_fft, dtype=torch.float64)
    shape = dict(n_fft=n_fft, hop_length=hop, win_length=n_fft, window=window, center=True)
    bias_audio = hashed_uniform("subtraction/bias", (4096,), 0.05).astype(np.float32)
    audio = signal("subtraction/audio", 9000, 22050) + hashed_uniform("subtraction/noise", (9000,), 0.02)
    audio = audio.astype(np.float32)

    def stft(samples):
        return torch.stft(torch.from_numpy(samples).double(), return_complex=True, **shape)

    bias = stft(bias_audio).abs()[:, 0]
    spectrum = stft(audio)
    arrays = {"bias_audio": bias_audio, "bias": bias.numpy(), "audio": audio}
    for strength in (0.1, 1.0):
        magnitude = torch.clamp(spectrum.abs() - strength * bias[:, None], min=0.0)
        cleaned = torch.istft(torch.polar(magnitude, spectrum.angle()), length=len(audio), **shape)
        arrays[f"denoised_{strength:g}"] = cleaned.numpy()
    store.put(
        "spectral-subtraction", arrays,
        "`bias` (first frame of `bias_audio`) times a strength taken off the magnitudes of `audio`; beside it lies its mirror image",
        {"n_fft": n_fft, "hop_length": hop}, tolerance=1e-9,
    )


def run(options):
    store = Store("audio", options.check)
    banks(store)
    mels(store)
    resampling(store)
    silence(store)
    subtraction(store)
    profiles(store)
    store.finish(LAYOUT)
    return store.problems
