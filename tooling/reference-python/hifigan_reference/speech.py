"""Judging speech (STOI) and a baseline to beat (Griffin-Lim). JSON on stdout."""

import json
import pathlib
import sys

import numpy as np


def _wavs(folder):
    found = {path.stem: path for path in sorted(pathlib.Path(folder).glob("*.wav"))}
    if not found:
        raise SystemExit(f"{folder}: no .wav file in it")
    return found


def _read(path):
    import soundfile

    audio, rate = soundfile.read(path, dtype="float64", always_2d=True)
    return audio.mean(axis=1), rate


def stoi(options):
    """Each file of GEN against that of the same name in REF, cut to the shorter."""
    from pystoi import stoi as measure

    reference, generated = _wavs(options.reference), _wavs(options.generated)
    missing = sorted(generated.keys() - reference.keys())
    if missing:
        raise SystemExit(f"{options.reference}: no {', '.join(missing)}")
    files = {}
    for name, path in generated.items():
        (clean, rate), (audio, other) = _read(reference[name]), _read(path)
        if rate != other:
            raise SystemExit(f"{path}: {other} Hz, but {reference[name]} has {rate} Hz")
        length = min(len(clean), len(audio))
        files[name] = float(
            measure(clean[:length], audio[:length], rate, extended=options.extended)
        )
    mean = sum(files.values()) / len(files)
    print(json.dumps({"extended": options.extended, "mean": mean, "files": files}, indent=1))


def griffin_lim(options):
    """Recordings to mels and back: non-negative least squares, then librosa's Griffin-Lim."""
    import librosa
    import soundfile

    from .config import V1
    from .mel_numpy import filterbank, log_mel

    config = {**V1, **json.loads(pathlib.Path(options.config).read_text())} if options.config else V1
    n_fft, hop, win = config["n_fft"], config["hop_size"], config["win_size"]
    rate = config["sampling_rate"]
    basis = filterbank(rate, n_fft, config["num_mels"], config["fmin"], config["fmax"])
    target = pathlib.Path(options.output)
    target.mkdir(parents=True, exist_ok=True)
    for name, path in _wavs(options.input).items():
        audio, found = _read(path)
        if found != rate:
            raise SystemExit(f"{path}: {found} Hz, but the configuration has {rate} Hz: resample it first")
        linear = librosa.util.nnls(basis, np.exp(log_mel(audio, config)).T)
        result = librosa.griffinlim(
            linear, n_iter=options.iterations, hop_length=hop, win_length=win, n_fft=n_fft,
            center=False, random_state=1234,
        )
        pad = (n_fft - hop) // 2
        result = np.clip(result[pad:-pad], -1.0, 1.0)
        soundfile.write(target / f"{name}.wav", result, rate, subtype="PCM_16")
        print(name, file=sys.stderr)
    print(json.dumps({"output": str(target), "iterations": options.iterations}))
