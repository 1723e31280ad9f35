"""A training that changes hands: saved and loaded as the reference's train.py does, on batches that are files."""

import json
import pathlib

import torch
from safetensors.torch import load_file, save_file

from .hashed_uniform import hashed_uniform
from .mel_torch import MelSpectrogram
from .training import LOSSES, Training

GAINS = (1.5, 2.5)


def batches(options):
    """Writes the batches of all steps: `audio.<step>`, and `mel.<step>` as the generator takes it."""
    config = json.loads(pathlib.Path(options.config).read_text())
    mel = MelSpectrogram(config, "fmax", torch.float32)
    arrays = {}
    for step in range(options.steps):
        shape = (config["batch_size"], config["segment_size"])
        audio = torch.from_numpy(hashed_uniform(f"exchange/{step}", shape, 0.5)).float()
        arrays[f"audio.{step}"] = audio
        arrays[f"mel.{step}"] = mel(audio).contiguous()
    save_file(arrays, options.output)


def train(options):
    """Steps `--first` up to `--last` of a training, from the checkpoint before `--first`; one JSON object on stdout."""
    torch.set_num_threads(2)
    config = json.loads(pathlib.Path(options.config).read_text())
    folder = pathlib.Path(options.folder)
    data = load_file(options.batches)
    training = Training(config, gains=GAINS)
    if options.first > 0:
        load(training, folder, options.first - 1, config)
    losses = []
    for step in range(options.first, options.last):
        found = training.step(data[f"mel.{step}"], data[f"audio.{step}"])
        losses.append([found[name] for name in LOSSES])
    save(training, folder, options.last - 1, config)
    print(json.dumps({"names": LOSSES, "losses": losses, "torch": torch.__version__}))


def save(training, folder, steps, config):
    # Without a schedule PyTorch does not note the rate that a training began with.
    for optimizer in (training.optim_g, training.optim_d):
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", config["learning_rate"])
    torch.save({"generator": training.generator.state_dict()}, folder / f"g_{steps:08d}")
    torch.save(
        {
            "mpd": training.mpd.state_dict(),
            "msd": training.msd.state_dict(),
            "optim_g": training.optim_g.state_dict(),
            "optim_d": training.optim_d.state_dict(),
            "steps": steps,
            "epoch": 0,
        },
        folder / f"do_{steps:08d}",
    )


def load(training, folder, steps, config):
    """In the order of the reference; strict, as there, so that a name too many or too few is an error."""
    generator = torch.load(folder / f"g_{steps:08d}", map_location="cpu", weights_only=True)
    rest = torch.load(folder / f"do_{steps:08d}", map_location="cpu", weights_only=True)
    training.generator.load_state_dict(generator["generator"])
    training.mpd.load_state_dict(rest["mpd"])
    training.msd.load_state_dict(rest["msd"])
    assert rest["steps"] == steps
    for name in ("optim_g", "optim_d"):
        optimizer = getattr(training, name)
        optimizer.load_state_dict(rest[name])
        torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=config["lr_decay"], last_epoch=rest["epoch"])
        # The schedule of the reference decays once more when it is made; ours does not.
        for group in optimizer.param_groups:
            group["lr"] = config["learning_rate"] * config["lr_decay"] ** rest["epoch"]
