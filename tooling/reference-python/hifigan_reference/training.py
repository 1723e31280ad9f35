"""One training step: the discriminators on a detached output, then the generator through the updated ones."""

import itertools

import torch

from .discriminators import MultiPeriod, MultiScale, judge
from .generator import Generator
from .hashed_state import load_hashed
from .losses import discriminator_loss, feature_loss, generator_loss, mel_loss
from .mel_torch import MelSpectrogram

LOSSES = [
    "disc_mpd", "disc_msd", "disc_total", "gen_mpd", "gen_msd", "feature_mpd", "feature_msd",
    "mel", "gen_total",
]


class Training:
    """Networks and optimizers of a config, weights by `hashed_state`; with gains of None, PyTorch's own."""

    def __init__(self, config, dtype=torch.float32, gains=(1.0, 1.0)):
        hashed = load_hashed if gains else lambda network, *_: network
        of_generator, of_others = gains or (None, None)
        self.generator = hashed(Generator(config), "", of_generator).to(dtype)
        self.mpd = hashed(MultiPeriod(), "mpd.", of_others).to(dtype)
        self.msd = hashed(MultiScale(), "msd.", of_others).to(dtype)
        self.mel = MelSpectrogram(config, "fmax_for_loss", dtype)
        options = {
            "lr": config["learning_rate"], "betas": (config["adam_b1"], config["adam_b2"]),
            "eps": 1e-8, "weight_decay": 0.01,
        }
        self.optim_g = torch.optim.AdamW(self.generator.parameters(), **options)
        both = itertools.chain(self.msd.parameters(), self.mpd.parameters())
        self.optim_d = torch.optim.AdamW(both, **options)

    def networks(self):
        return {"generator": self.generator, "mpd": self.mpd, "msd": self.msd}

    def step(self, mel, audio, seen=lambda stage: None):
        """Losses by name. `seen` is called with "disc" and "gen" when those gradients are there, unapplied."""
        audio = audio.unsqueeze(1)
        generated = self.generator(mel)
        found = {}

        self.optim_d.zero_grad()
        for name, network in (("mpd", self.mpd), ("msd", self.msd)):
            found[f"disc_{name}"] = discriminator_loss(*judge(network, audio, generated.detach()))
        found["disc_total"] = found["disc_mpd"] + found["disc_msd"]
        found["disc_total"].backward()
        seen("disc")
        self.optim_d.step()

        self.optim_g.zero_grad()
        with torch.no_grad():
            target = self.mel(audio.squeeze(1))
        found["mel"] = mel_loss(target, self.mel(generated.squeeze(1)))
        for name, network in (("mpd", self.mpd), ("msd", self.msd)):
            real, fake = judge(network, audio, generated)
            found[f"gen_{name}"] = generator_loss(fake)
            found[f"feature_{name}"] = feature_loss(real, fake)
        found["gen_total"] = sum(
            found[key] for key in ("gen_mpd", "gen_msd", "feature_mpd", "feature_msd", "mel")
        )
        found["gen_total"].backward()
        seen("gen")
        self.optim_g.step()
        return {name: found[name].item() for name in LOSSES}
