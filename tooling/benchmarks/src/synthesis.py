"""Native contenders of synthesis.mjs: for each line of input one run of a generator; answers with its seconds.

Usage: synthesis.py CONTENDER CONFIG FRAMES THREADS ONNX-FILE
CONTENDER: torch, onnxruntime, openvino (where installed), or export, which writes the file and ends.
"""

import json
import pathlib
import sys
import time
import warnings

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference-python"))


def generator(name):
    import torch
    from hifigan_reference.config import PRESETS
    from hifigan_reference.generator import Generator

    torch.manual_seed(1)
    model = Generator(PRESETS[name]).fold()
    return model.eval()


def export(name, frames, path):
    import torch

    mel = torch.zeros(1, 80, frames)
    axes = {"mel": {0: "batch", 2: "frames"}, "audio": {0: "batch", 2: "samples"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            generator(name),
            mel,
            path,
            dynamo=False,
            input_names=["mel"],
            output_names=["audio"],
            dynamic_axes=axes,
        )


def runner(contender, name, threads, path):
    """A function of the mel, or an error that says what is missing."""
    if contender == "torch":
        import torch

        torch.set_num_threads(threads)
        model = generator(name)

        def run(mel):
            with torch.inference_mode():
                return model(torch.from_numpy(mel)).numpy()

        return run
    if contender == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
        return lambda mel: session.run(None, {"mel": mel})[0]
    if contender == "openvino":
        import openvino

        settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        compiled = openvino.Core().compile_model(path, "CPU", settings)
        return lambda mel: compiled([mel])[0]
    raise SystemExit(f"unknown contender {contender}")


contender, name, frames, threads, path = sys.argv[1:6]
frames, threads = int(frames), int(threads)
if contender == "export":
    export(name, frames, path)
    sys.exit()
try:
    run = runner(contender, name, threads, path)
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit()
mel = np.random.default_rng(1).standard_normal((1, 80, frames)).astype(np.float32)
print(json.dumps({"ready": True}), flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    run(mel)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu}), flush=True)
