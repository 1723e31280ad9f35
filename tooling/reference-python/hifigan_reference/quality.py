"""What listeners would say, by other people's measures: PESQ-WB (pesq) and STOI (pystoi). JSON lines on stdout.

PESQ is judged here alone: ITU-T P.862's licence keeps it out of the product. The same pairs as `hifigan eval` has, by
path below the folder without extension; both resampled to 16 kHz (soxr) and cut to the shorter.
"""

import json
import pathlib
import sys
import warnings

import numpy as np

RATE = 16000
SUFFIXES = {".wav", ".flac", ".ogg", ".oga", ".mp3"}


def _recordings(folder):
    root = pathlib.Path(folder)
    found = {
        path.relative_to(root).with_suffix("").as_posix(): path
        for path in sorted(root.rglob("*")) if path.suffix.lower() in SUFFIXES
    }
    if not found:
        raise SystemExit(f"{folder}: no recording in it ({', '.join(sorted(SUFFIXES))})")
    return found


def _read(path):
    import soundfile
    import soxr

    audio, rate = soundfile.read(path, dtype="float64", always_2d=True)
    mono = audio.mean(axis=1)
    return mono if rate == RATE else soxr.resample(mono, rate, RATE, quality="VHQ")


def measure(reference, generated):
    """Figures of one pair at 16 kHz; None, and why, where a measure has none."""
    import pesq
    import pystoi

    length = min(len(reference), len(generated))
    clean, judged = reference[:length], generated[:length]
    figures, missing = {}, {}
    measures = {
        "pesq_wb": lambda: pesq.pesq(RATE, clean, judged, "wb"),
        "stoi": lambda: pystoi.stoi(clean, judged, RATE),
        "estoi": lambda: pystoi.stoi(clean, judged, RATE, extended=True),
    }
    for name, compute in measures.items():
        try:
            with warnings.catch_warnings():
                # Of what is too short, pystoi warns and returns 1e-5.
                warnings.filterwarnings("error", message="Not enough STFT frames")
                value = float(compute())
            figures[name] = value if np.isfinite(value) else None
        except (pesq.PesqError, ValueError, IndexError, RuntimeWarning) as error:
            figures[name] = None
            missing[name] = str(error) or type(error).__name__
    return figures, missing


def interval(values, confidence=0.95, resamples=2000, seed=0):
    """The mean and a BCa bootstrap interval over files; no interval of a single one."""
    import scipy.stats

    values = np.array([value for value in values if value is not None], dtype=float)
    if len(values) == 0:
        return None
    mean = float(values.mean())
    if len(values) == 1 or np.ptp(values) == 0:
        ends = (None, None) if len(values) == 1 else (mean, mean)
    else:
        found = scipy.stats.bootstrap(
            (values,), np.mean, n_resamples=resamples, confidence_level=confidence, method="BCa",
            rng=np.random.default_rng(seed),
        ).confidence_interval
        ends = float(found.low), float(found.high)
    return {"count": len(values), "mean": mean, "low": ends[0], "high": ends[1]}


def difference(values, others):
    """Of the files that both have: all measures are better where they are higher."""
    pairs = [(one, other) for one, other in zip(values, others) if one is not None and other is not None]
    found = interval([one - other for one, other in pairs])
    return found and {
        **found,
        "better_in": sum(one > other for one, other in pairs),
        "worse_in": sum(one < other for one, other in pairs),
    }


def judge(options):
    """Each file of each GENERATED against that of the same path in REFERENCE; then means, then differences."""
    references = _recordings(options.reference)
    systems = {folder: _recordings(folder) for folder in options.generated}
    figures = {folder: {} for folder in systems}
    for folder, generated in systems.items():
        names = sorted(references.keys() & generated.keys())
        if not names:
            raise SystemExit(f"{folder}: no file has the path of one in {options.reference}")
        for name in sorted(references.keys() ^ generated.keys()):
            print(f"{folder}: {name} has no partner, left out", file=sys.stderr)
        for name in names:
            found, missing = measure(_read(references[name]), _read(generated[name]))
            figures[folder][name] = found
            line = {"kind": "file", "system": folder, "file": name, **found}
            print(json.dumps({**line, **({"missing": missing} if missing else {})}), flush=True)
    names = sorted(set().union(*figures.values()))
    columns = {
        folder: {
            key: [found.get(name, {}).get(key) for name in names] for key in ("pesq_wb", "stoi", "estoi")
        }
        for folder, found in figures.items()
    }
    about = {"confidence": 0.95, "method": "bca", "resamples": 2000, "seed": 0}
    for folder, column in columns.items():
        means = {key: interval(values) for key, values in column.items()}
        print(json.dumps({"kind": "mean", "system": folder, **means, **about}))
    baseline = options.generated[0]
    for folder in list(columns)[1:]:
        found = {
            key: difference(values, columns[baseline][key]) for key, values in columns[folder].items()
        }
        print(json.dumps({"kind": "difference", "system": folder, "baseline": baseline, **found, **about}))
