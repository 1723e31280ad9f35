"""The judge of quality: its order, its means, and what it says of silence."""

import contextlib
import io
import json
import pathlib
import tempfile
import types
import unittest

import numpy as np
import soundfile

from hifigan_reference.goldens.store import ROOT
from hifigan_reference.quality import interval, judge


def judged(reference, *generated):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        judge(types.SimpleNamespace(reference=str(reference), generated=[str(one) for one in generated]))
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Quality(unittest.TestCase):
    def test_orders_noisy_copies(self):
        audio, rate = soundfile.read(ROOT / "samples" / "en-vm-review.wav")
        random = np.random.default_rng(0)
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for system, loudness in (("ref", 0), ("same", 0), ("quiet", 0.003), ("loud", 0.03)):
                for index in range(2):
                    part = audio[index * 3 * rate : (index + 1) * 3 * rate]
                    target = root / system / "deep" / f"{index}.wav"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    soundfile.write(target, part + loudness * random.uniform(-1, 1, len(part)), rate, subtype="FLOAT")
            soundfile.write(root / "ref" / "silent.wav", np.zeros(rate), rate)
            soundfile.write(root / "quiet" / "silent.flac", np.zeros(rate), rate)
            for system in ("ref", "quiet"):
                soundfile.write(root / system / "short.wav", audio[rate : rate + rate // 4], rate)
            lines = judged(root / "ref", root / "same", root / "quiet", root / "loud")
        means = [line for line in lines if line["kind"] == "mean"]
        same, quiet, loud = (line["pesq_wb"]["mean"] for line in means)
        self.assertGreater(same, 4.6)
        self.assertGreater(quiet, loud + 0.5)
        self.assertAlmostEqual(means[0]["stoi"]["mean"], 1, 6)
        silent = next(line for line in lines if line.get("file") == "silent")
        self.assertIsNone(silent["pesq_wb"])
        self.assertIn("utterance", silent["missing"]["pesq_wb"].lower())
        short = next(line for line in lines if line.get("file") == "short")
        self.assertIsNone(short["stoi"])
        self.assertIn("Not enough STFT frames", short["missing"]["stoi"])
        difference = lines[-1]
        self.assertEqual((difference["pesq_wb"]["better_in"], difference["pesq_wb"]["worse_in"]), (0, 2))

    def test_interval(self):
        found = interval([1.0, 2.0, None, 4.0, 3.0])
        self.assertEqual((found["count"], found["mean"]), (4, 2.5))
        self.assertTrue(1 <= found["low"] < 2.5 < found["high"] <= 4)
        self.assertEqual(found, interval([1.0, 2.0, 4.0, 3.0]))
        self.assertEqual(interval([2.0]), {"count": 1, "mean": 2.0, "low": None, "high": None})
        self.assertIsNone(interval([None]))


if __name__ == "__main__":
    unittest.main()
