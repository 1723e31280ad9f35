"""PyTorch's side of training.mjs: for each line of input one training step; answers with its seconds."""

import json
import pathlib
import resource
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference-python"))
from hifigan_reference.config import PRESETS  # noqa: E402
from hifigan_reference.training import Training  # noqa: E402

name, batch, segment = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
config = PRESETS[name]
training = Training(config)
torch.manual_seed(1)
mel = -6 * torch.rand(batch, config["num_mels"], segment // config["hop_size"])
audio = torch.rand(batch, segment) - 0.5
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    training.step(mel, audio)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak}), flush=True)
