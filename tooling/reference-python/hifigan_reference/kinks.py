"""Inputs whose gradients float32 can be held to: no activation stands so near a kink that rounding moves it."""

import json

import torch
from torch.nn import functional

from .config import PRESETS
from .goldens.models import GENERATOR_GAIN, Deviation, frames_of, mel_like
from .generator import Generator
from .hashed_state import load_hashed


class Recorded:
    """Keeps what each leaky ReLU of a forward is given."""

    def __enter__(self):
        self.plain, self.given = functional.leaky_relu, []

        def leaky_relu(x, slope):
            self.given.append(x.detach())
            return self.plain(x, slope)

        functional.leaky_relu = leaky_relu
        return self.given

    def __exit__(self, *_):
        functional.leaky_relu = self.plain


def margin(models, mel):
    """Smallest distance to a kink, in units of the rounding (root mean square, of its channel) found there."""
    given = {}
    for dtype, model in models.items():
        with Recorded() as given[dtype], torch.no_grad():
            model(mel.to(dtype))
    least = float("inf")
    for exact, other in zip(given[torch.float64], given[torch.float32]):
        rounding = (other.double() - exact).square().mean((0, 2), keepdim=True).sqrt()
        least = min(least, float((exact.abs() / rounding).min()))
    return least


def deviation(models, mel):
    """The gradients' largest distance of float32 from float64."""
    found = {}
    for dtype, model in models.items():
        given = mel.to(dtype).requires_grad_()
        model.zero_grad()
        audio = model(given)
        audio.square().sum().backward()
        found[dtype] = {"mel": given.grad, **{key: p.grad for key, p in model.named_parameters()}}
    worst = Deviation()
    for key, exact in found[torch.float64].items():
        worst.note("gradients", key, exact, found[torch.float32][key])
    return worst.metadata()["gradients"]


def search(options):
    """One line a seed, the widest margins last, with the gradients' deviation for the best of them."""
    config = PRESETS[options.config]
    models = {
        dtype: load_hashed(Generator(config), gain=GENERATOR_GAIN).to(dtype)
        for dtype in (torch.float64, torch.float32)
    }
    shape = (2, config["num_mels"], frames_of(options.config))
    found = []
    for seed in range(options.seeds):
        name = f"mel.{options.config}.{seed}"
        found.append((margin(models, mel_like(name, shape)), name))
    for least, name in sorted(found)[-options.best :]:
        gradients = deviation(models, mel_like(name, shape))
        print(json.dumps({"mel": name, "margin": round(least, 2), "gradients": gradients}), flush=True)
