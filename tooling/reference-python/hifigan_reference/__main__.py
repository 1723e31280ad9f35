"""The oracle's command line: `python -m hifigan_reference <command> --help`."""

import argparse
import importlib
import sys

PACKAGES = ["audio", "checkpoint", "metrics", "models", "train", "vocoder"]


def write_goldens(options):
    problems = []
    for package in options.only or PACKAGES:
        module = importlib.import_module(f"hifigan_reference.goldens.{package}")
        problems += module.run(options)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def later(module, function):
    """Imports when called, so that --help and one command need not load every library."""

    def call(options):
        getattr(importlib.import_module(f"hifigan_reference.{module}"), function)(options)
        return 0

    return call


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m hifigan_reference", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name, run, about):
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    goldens = command("goldens", write_goldens, "write the fixtures of the packages")
    goldens.add_argument("--check", action="store_true", help="compare instead of writing")
    goldens.add_argument("--slow", action="store_true", help="check every training step, not only the first")
    goldens.add_argument("--sources", help="folder of other programs' packages, for those of vocoder")
    goldens.add_argument("--only", choices=PACKAGES, action="append", help="this package alone")

    kinks = command(
        "kinks", later("kinks", "search"), "rank inputs of a golden by how far from kinks they keep"
    )
    kinks.add_argument("--config", choices=["v1", "v2", "v3"], default="v1")
    kinks.add_argument("--seeds", type=int, default=40)
    kinks.add_argument("--best", type=int, default=4, help="how many to print, the best last")

    train = command("bench-train", later("bench", "bench_train"), "time PyTorch's training step")
    train.add_argument("--config", choices=["v1", "v2", "v3"], default="v1")
    train.add_argument("--batch", type=int, default=2)
    train.add_argument("--segment", type=int, default=8192)
    train.add_argument("--threads", type=int, default=2)
    train.add_argument("--steps", type=int, default=4, help="timed steps, after one for warming up")

    features = command(
        "bench-features", later("bench", "bench_features"), "time log-mels in torch and librosa"
    )
    features.add_argument("--threads", type=int, default=1)
    features.add_argument("--steps", type=int, default=5)

    stoi = command("stoi", later("speech", "stoi"), "STOI of each file and their mean")
    stoi.add_argument("reference", help="folder of recordings (.wav)")
    stoi.add_argument("generated", help="folder of synthesised files by the same names")
    stoi.add_argument("--extended", action="store_true", help="ESTOI")

    quality = command("quality", later("quality", "judge"), "PESQ-WB and STOI at 16 kHz, with intervals")
    quality.add_argument("reference", help="folder of recordings")
    quality.add_argument("generated", nargs="+", help="folders of what was generated, by the same paths")

    events = command("events", later("events", "show"), "what TensorBoard's reader finds in event files")
    events.add_argument("folder", help="folder of a run's events.out.tfevents files")

    griffin = command(
        "griffin-lim", later("speech", "griffin_lim"), "recordings to mels and back, as a baseline"
    )
    griffin.add_argument("input", help="folder of recordings (.wav)")
    griffin.add_argument("output", help="folder to write to")
    griffin.add_argument("--config", help="config.json; V1's mel profile where left out")
    griffin.add_argument("--iterations", type=int, default=60)

    exchange = command("exchange-batches", later("exchange", "batches"), "batches for exchange-train")
    exchange.add_argument("config", help="config.json")
    exchange.add_argument("output", help="safetensors file to write")
    exchange.add_argument("--steps", type=int, default=30)

    exchange = command(
        "exchange-train", later("exchange", "train"), "steps of a training that began or goes on elsewhere"
    )
    exchange.add_argument("folder", help="of g_ and do_ files, as the reference's trainer writes them")
    exchange.add_argument("--config", required=True, help="config.json")
    exchange.add_argument("--batches", required=True, help="what exchange-batches wrote")
    exchange.add_argument("--after", type=int, help="step of the checkpoint to go on from; else the training begins")
    exchange.add_argument("--steps", type=int, required=True)
    exchange.add_argument("--epoch-steps", type=int, required=True, help="batches of an epoch")
    exchange.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    exchange.add_argument("--threads", type=int, default=1)
    exchange.add_argument("--weights", help="safetensors file to write, instead of a checkpoint")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = parse()
    sys.exit(chosen.run(chosen))
