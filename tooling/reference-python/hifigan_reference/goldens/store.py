"""Writing fixtures, or checking the committed ones against what is computed now."""

import json
import pathlib
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save

ROOT = pathlib.Path(__file__).resolve().parents[4]
LIMIT = 1 << 20


def versions():
    import librosa
    import torch

    from ..torchaudio_import import torchaudio

    return {
        "python": sys.version.split()[0], "numpy": np.__version__, "torch": torch.__version__,
        "torchaudio": torchaudio.__version__, "librosa": librosa.__version__,
    }


def _ordered(content, metadata):
    """Adds metadata in its own order (the library shuffles it), so that equal results are equal files."""
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.dumps({"__metadata__": metadata, **json.loads(content[8:end])})
    header += " " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header.encode() + content[end:]


class Store:
    """Fixtures of one package. With `check` nothing is written and differences are collected."""

    def __init__(self, package, check):
        self.folder = ROOT / "packages" / package / "src" / "fixtures"
        self.package, self.check = package, check
        self.problems, self.described = [], []

    def put(self, name, arrays, about, metadata=None, tolerance=1e-6, judged=(), partial=False):
        """One file. `about` goes into the README; `tolerance` is relative to a tensor's largest value.

        Arrays whose name ends in one of `judged` come from other people's float32 code, whose rounding
        depends on the machine: they are checked within 1e-3. With `partial`, a check has only some of
        the arrays, or their first rows.
        """
        arrays = {key: np.array(value, order="C") for key, value in arrays.items()}
        path = self.folder / f"{name}.safetensors"
        self.described.append((f"{name}.safetensors", about))
        if self.check:
            self._compare(path, arrays, tolerance, judged, partial)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        text = {
            "about": about,
            "made_by": "python -m hifigan_reference goldens",
            "versions": json.dumps(versions()),
            "licence": "MIT",
            **{key: json.dumps(value) for key, value in (metadata or {}).items()},
        }
        path.write_bytes(_ordered(save(arrays), text))
        size = path.stat().st_size
        assert size <= LIMIT, f"{path}: {size} bytes, over 1 MiB"
        print(f"{path.relative_to(ROOT)}: {len(arrays)} arrays, {size / 1024:.0f} KiB", flush=True)

    def _compare(self, path, arrays, tolerance, judged, partial):
        if not path.exists():
            self.problems.append(f"{path}: is missing")
            return
        committed = load_file(path)
        if partial:
            committed = {key: committed[key][: len(now)] for key, now in arrays.items()}
        for key in sorted(committed.keys() ^ arrays.keys()):
            self.problems.append(f"{path.name}: {key} is only on one side")
        worst = 0.0
        for key in committed.keys() & arrays.keys():
            was, now = committed[key], arrays[key]
            if was.shape != now.shape or was.dtype != now.dtype:
                self.problems.append(f"{path.name}: {key} was {was.dtype}{was.shape}")
                continue
            largest = float(np.abs(was).max(initial=0.0))
            off = float(np.abs(was.astype(float) - now.astype(float)).max(initial=0.0))
            relative = 0.0 if off == 0 else off / max(largest, 1e-300)
            allowed = 1e-3 if any(key.endswith(end) for end in judged) else tolerance
            if not relative <= allowed:
                self.problems.append(f"{path.name}: {key} differs by {relative:.3g} (relative)")
            worst = max(worst, relative)
        print(f"{path.name}: largest relative difference {worst:.3g}", flush=True)

    def metadata(self, name):
        with safe_open(self.folder / f"{name}.safetensors", "np") as file:
            return file.metadata()

    def finish(self, layout):
        """The README of the folder."""
        if self.check:
            return
        lines = [
            f"# Goldens of {self.package}", "",
            "Computed by `python -m hifigan_reference goldens` in `tooling/reference-python` (our own code,",
            "float64 unless a name says otherwise); the versions used stand in each file's metadata.",
            "Weights and inputs come from `hashed_uniform`, so the seed of each tensor is its name.",
            "Licence: MIT.", "", *layout.strip().splitlines(), "", "| file | holds |", "|---|---|",
            *[f"| `{name}` | {about} |" for name, about in self.described], "",
        ]
        (self.folder / "README.md").write_text("\n".join(lines))
