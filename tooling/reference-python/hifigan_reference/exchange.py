"""A training that changes hands: saved and loaded as the reference's train.py does, on batches that are files."""

import itertools
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
    """`--steps` of a training, anew or from the checkpoint of `--after`; one JSON object on stdout."""
    torch.set_num_threads(options.threads)
    config = json.loads(pathlib.Path(options.config).read_text())
    dtype = getattr(torch, options.dtype)
    data = load_file(options.batches)
    folder = pathlib.Path(options.folder)
    steps, last_epoch = 0, -1
    if options.after is None:
        training = Training(config, dtype, GAINS)
    else:
        training = Training(config, dtype, None)
        last_epoch = load(training, folder, options.after)
        steps = options.after + 1
    last = steps + options.steps - 1
    # As the reference does: it begins its epoch anew, with the rate that the checkpoint's optimizers have.
    schedules = [
        torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=config["lr_decay"], last_epoch=last_epoch)
        for optimizer in (training.optim_g, training.optim_d)
    ]
    losses, rates, start = [], [], weights(training)
    for epoch in itertools.count(max(0, last_epoch)):
        for _ in range(options.epoch_steps):
            rates.append(training.optim_g.param_groups[0]["lr"])
            found = training.step(data[f"mel.{steps}"].to(dtype), data[f"audio.{steps}"].to(dtype))
            losses.append([found[name] for name in LOSSES])
            if steps == last:
                end = weights(training)
                if options.weights:
                    save_file(end, options.weights)
                else:
                    save(training, folder, steps, epoch)
                moved = sum((end[name] - start[name]).abs().sum().item() for name in end)
                count = sum(array.numel() for array in end.values())
                found = {"names": LOSSES, "losses": losses, "rates": rates, "epoch": epoch}
                print(json.dumps({**found, "moved": moved / count, "torch": torch.__version__}))
                return
            steps += 1
        for schedule in schedules:
            schedule.step()


def weights(training):
    """Copies, as the files of a checkpoint name them."""
    return {
        f"{network}.{name}": array.detach().clone().contiguous()
        for network, module in training.networks().items()
        for name, array in module.state_dict().items()
    }


def save(training, folder, steps, epoch):
    torch.save({"generator": training.generator.state_dict()}, folder / f"g_{steps:08d}")
    torch.save(
        {
            "mpd": training.mpd.state_dict(),
            "msd": training.msd.state_dict(),
            "optim_g": training.optim_g.state_dict(),
            "optim_d": training.optim_d.state_dict(),
            "steps": steps,
            "epoch": epoch,
        },
        folder / f"do_{steps:08d}",
    )


def load(training, folder, steps):
    """In the order of the reference; strict, as there, so that a name too many or too few is an error. The epoch."""
    generator = torch.load(folder / f"g_{steps:08d}", map_location="cpu", weights_only=True)
    rest = torch.load(folder / f"do_{steps:08d}", map_location="cpu", weights_only=True)
    training.generator.load_state_dict(generator["generator"])
    training.mpd.load_state_dict(rest["mpd"])
    training.msd.load_state_dict(rest["msd"])
    training.optim_g.load_state_dict(rest["optim_g"])
    training.optim_d.load_state_dict(rest["optim_d"])
    assert rest["steps"] == steps
    return rest["epoch"]
