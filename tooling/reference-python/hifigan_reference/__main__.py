"""`python -m hifigan_reference <command>`."""

import argparse
import importlib
import sys


def main():
    parser = argparse.ArgumentParser(prog="python -m hifigan_reference", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    goldens = commands.add_parser("goldens", help="write the fixtures of the packages")
    goldens.add_argument("--check", action="store_true", help="compare instead of writing")
    goldens.add_argument(
        "--only", choices=["audio", "models", "train"], action="append", help="these packages"
    )
    options = parser.parse_args()
    if options.command == "goldens":
        return write_goldens(options)
    return 2


def write_goldens(options):
    problems = []
    for package in options.only or ["audio", "models", "train"]:
        module = importlib.import_module(f"hifigan_reference.goldens.{package}")
        problems += module.run(options.check)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
