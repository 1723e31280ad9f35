"""Timings of PyTorch and librosa, to set ours against. JSON on stdout; run on an otherwise idle machine."""

import json
import os
import time

import numpy as np


def _timed(run, count):
    """Seconds of each of `count` calls, after one that is not counted."""
    run()
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return seconds


def _report(**values):
    print(json.dumps({**values, "load_average": os.getloadavg()}))


def bench_train(options):
    """A whole training step: both discriminators, then the generator, with their optimizers."""
    import torch

    from .config import PRESETS
    from .goldens.audio import signal
    from .mel_numpy import log_mel
    from .training import Training

    torch.set_num_threads(options.threads)
    config = PRESETS[options.config]
    audio = np.stack(
        [signal(f"bench/audio.{i}", options.segment, 22050) for i in range(options.batch)]
    )
    mel = np.stack([log_mel(each, config).T for each in audio]).astype(np.float32)
    mel, audio = torch.from_numpy(mel), torch.from_numpy(audio)
    training = Training(config)
    seconds = _timed(lambda: training.step(mel, audio), options.steps)
    _report(
        what="training step", library=f"torch {torch.__version__}", config=options.config,
        batch=options.batch, segment=options.segment, threads=options.threads,
        seconds=min(seconds), all_seconds=[round(s, 3) for s in seconds],
    )


def bench_features(options):
    """Log-mels of 30 s: seconds of audio a second."""
    import librosa
    import torch

    from .config import V1
    from .goldens.audio import signal
    from .mel_torch import MelSpectrogram

    torch.set_num_threads(options.threads)
    audio = signal("bench/features", 30 * 22050, 22050)
    tensor = torch.from_numpy(audio)[None]
    module = MelSpectrogram(V1)
    basis = librosa.filters.mel(sr=22050, n_fft=1024, n_mels=80, fmin=0, fmax=8000)

    def by_librosa():
        padded = np.pad(audio, 384, mode="reflect")
        spectrum = librosa.stft(padded, n_fft=1024, hop_length=256, center=False)
        magnitude = np.sqrt(spectrum.real**2 + spectrum.imag**2 + np.float32(1e-9))
        return np.log(np.maximum(basis @ magnitude, np.float32(1e-5)))

    @torch.no_grad()
    def by_torch():
        return module(tensor)

    results = {"torch": [], "librosa": []}
    for _ in range(3):  # interleaved, so that both see the same machine
        results["torch"] += _timed(by_torch, options.steps)
        results["librosa"] += _timed(by_librosa, options.steps)
    _report(
        what="log-mel of 30 s, seconds of audio a second", threads=options.threads,
        **{name: round(30 / min(seconds), 1) for name, seconds in results.items()},
    )
