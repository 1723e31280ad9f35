"""Goldens of @hifigan/models."""

import torch

from ..config import PRESETS, V1
from ..discriminators import MultiPeriod, MultiScale, sigma
from ..generator import Generator
from ..hashed_state import load_hashed
from ..hashed_uniform import hashed_uniform
from .store import Store
from .summary import Deviation, summarise

GENERATOR_GAIN, DISCRIMINATOR_GAIN = 1.5, 2.5

# Chosen of 120 by `python -m hifigan_reference kinks --config v1 --seeds 120`: no activation is nearer to a
# leaky ReLU's kink than 3.8 times float32's rounding there.
MEL_NAMES = {"v1": "mel.v1.56"}

LAYOUT = """
Layout and names are **PyTorch's**: channels first, upstream's parameter names. Weights are testkit's
`hashedState` with the `prefix` and `gain` of the metadata. `<tensor>/stats`, `<tensor>/values` and
`<tensor>/projections` are read by testkit's `expectSummary`. `float32_relative` in the metadata is how far
PyTorch's own float32 lies from these float64 figures (max|Δ| / max|reference| of a whole tensor: the worst
and the mean of the group).

- `generator-*`: `mel [B, mels, frames]`, `audio [B, 1, samples]`, `stage/*` (after conv_pre, each ups, each
  mean of residual blocks), `single/mel`, `single/audio` (one frame); `gradient/<parameter>` and `gradient/mel`
  (whole) are of the loss Σ audio · cotangent, `cotangent = 1 + hashedUniform('cotangent', [B, 1, samples], 1)`.
  In float32 a value beside a leaky ReLU's kink may fall on its other side, and with V1's millions of
  activations some tensors' gradients then differ by 1e-3 to 2e-2 with nothing wrong. V1's mel (its name is
  in the metadata, as `mel`) is therefore the one of 120 whose activations keep furthest from kinks, by
  `python -m hifigan_reference kinks`: there PyTorch's float32 gradients are within 3e-6.
- `mpd`, `msd`: `audio [B, 1, samples]`; `<d>/score [B, n]`, `<d>/features.<l>` (the last is the score);
  `gradient/<parameter>` and `gradient/audio` (whole) are of the loss Σ over all feature maps (the score's
  too) of mean(map²). Maps of MPD are `[B, channels, time, period]`.
- `msd`: figures without prefix are the first training-mode forward; `second/…` is another one after it,
  `held/…` an evaluation-mode one after that (spectral norm does not iterate). `buffers/<k>/<name>` are u
  and v, `sigma/<k>/<layer>` what each forward divided by, after k = 1, 2 iterations (0: as they began).
"""

SMALL = {
    "odd-rates": (
        "block 2, kernel - rate odd (padding rounded up, output padding 1), 40 mels",
        {
            "resblock": "2", "num_mels": 40, "upsample_rates": [5, 4],
            "upsample_kernel_sizes": [8, 9], "upsample_initial_channel": 16, "hop_size": 20,
            "resblock_kernel_sizes": [3, 5], "resblock_dilation_sizes": [[1, 2], [2, 6]],
        },
    ),
    "four-stages": (
        "block 1, four stages, a rate equal to its kernel, odd rates, 20 mels",
        {
            "resblock": "1", "num_mels": 20, "upsample_rates": [3, 2, 5, 2],
            "upsample_kernel_sizes": [7, 2, 5, 4], "upsample_initial_channel": 32,
            "hop_size": 60, "resblock_kernel_sizes": [3, 7],
            "resblock_dilation_sizes": [[1, 3, 5], [1, 2, 7]],
        },
    ),
    "one-block": (
        "block 2 with one kernel of 11 a stage, a rate of 1",
        {
            "resblock": "2", "num_mels": 8, "upsample_rates": [1, 4],
            "upsample_kernel_sizes": [3, 8], "upsample_initial_channel": 8, "hop_size": 4,
            "resblock_kernel_sizes": [11], "resblock_dilation_sizes": [[1, 3]],
        },
    ),
}


def mel_like(name, shape):
    """Values between -8 and 0, as log-mels have."""
    return torch.from_numpy(hashed_uniform(name, shape, 4.0) - 4.0)


def frames_of(preset):
    return 4 if preset == "v1" else 8


def generator(store, name, about, config, frames):
    shape = (2, config["num_mels"], frames)
    mel_name = MEL_NAMES.get(name, f"mel.{name}")
    mel, single = mel_like(mel_name, shape), mel_like("single", (1, config["num_mels"], 1))
    arrays = {"mel": mel.numpy(), "single/mel": single.numpy()}
    results = {}
    for dtype in (torch.float64, torch.float32):
        model = load_hashed(Generator(config), gain=GENERATOR_GAIN).to(dtype)
        given = mel.to(dtype).requires_grad_()
        stages = dict(model.stages(given))
        audio = stages["audio"]
        assert audio.shape[-1] == frames * config["hop_size"]
        cotangent = torch.from_numpy(hashed_uniform("cotangent", tuple(audio.shape), 1.0)) + 1
        (audio * cotangent.to(dtype)).sum().backward()
        gradients = {key: parameter.grad for key, parameter in model.named_parameters()}
        with torch.no_grad():
            alone = model(single.to(dtype))
        results[dtype] = (stages, gradients, given.grad, alone)
    (stages, gradients, into_mel, alone), other = results[torch.float64], results[torch.float32]
    deviation = Deviation()
    for key, value in stages.items():
        deviation.note("audio" if key == "audio" else "stages", key, value, other[0][key])
        if key != "audio":
            summarise(arrays, f"stage/{key}", value)
    arrays["audio"] = stages["audio"].detach().numpy()
    arrays["single/audio"] = alone.numpy()
    for key, value in gradients.items():
        summarise(arrays, f"gradient/{key}", value)
        deviation.note("gradients", key, value, other[1][key])
    arrays["gradient/mel"] = into_mel.numpy()
    deviation.note("gradients", "mel", into_mel, other[2])
    metadata = {
        "config": config, "prefix": "", "gain": GENERATOR_GAIN, "mel": mel_name,
        "float32_relative": deviation.metadata(),
    }
    store.put(f"generator-{name}", arrays, about, metadata, tolerance=1e-8)


def first_pass(model, audio):
    """Results and gradients of a training-mode forward."""
    given = audio.requires_grad_()
    results = model(given)
    sum(m.square().mean() for _, maps in results for m in maps).backward()
    gradients = {key: parameter.grad for key, parameter in model.named_parameters()}
    return results, gradients, given.grad


def put_results(arrays, prefix, results):
    for d, (score, maps) in enumerate(results):
        arrays[f"{prefix}{d}/score"] = score.detach().numpy()
        for layer, feature in enumerate(maps):
            summarise(arrays, f"{prefix}{d}/features.{layer}", feature)


def buffers(arrays, model, count):
    for key, value in model.named_buffers():
        arrays[f"buffers/{count}/{key}"] = value.detach().clone().numpy()
    scale = model.discriminators[0]
    for key, layer in [*((f"convs.{i}", c) for i, c in enumerate(scale.convs)), ("conv_post", scale.conv_post)]:
        arrays[f"sigma/{count}/discriminators.0.{key}"] = sigma(layer).reshape(1).numpy()


def discriminator(store, name, about, make, samples):
    audio = torch.from_numpy(hashed_uniform("audio", (2, 1, samples), 0.5))
    arrays, deviation, extra = {"audio": audio.numpy()}, Deviation(), {}
    found = {}
    for dtype in (torch.float64, torch.float32):
        model = load_hashed(make(), f"{name}.", DISCRIMINATOR_GAIN).to(dtype)
        exact = dtype == torch.float64
        spectral = name == "msd" and exact
        if spectral:
            buffers(extra, model, 0)
        found[dtype] = first_pass(model, audio.to(dtype))
        if spectral:
            with torch.no_grad():
                buffers(extra, model, 1)
                put_results(extra, "second/", [model(audio.double())[0]])
                buffers(extra, model, 2)
                put_results(extra, "held/", [model.eval()(audio.double())[0]])
    (results, gradients, into_audio), other = found[torch.float64], found[torch.float32]
    put_results(arrays, "", results)
    for d, (mine, theirs) in enumerate(zip(results, other[0])):
        deviation.note("scores", str(d), mine[0], theirs[0])
        for layer, pair in enumerate(zip(mine[1], theirs[1])):
            deviation.note("features", f"{d}.{layer}", *pair)
    for key, value in gradients.items():
        summarise(arrays, f"gradient/{key}", value)
        deviation.note("gradients", key, value, other[1][key])
    arrays["gradient/audio"] = into_audio.numpy()
    deviation.note("gradients", "audio", into_audio, other[2])
    metadata = {
        "prefix": f"{name}.", "gain": DISCRIMINATOR_GAIN, "float32_relative": deviation.metadata(),
    }
    store.put(name, arrays | extra, about, metadata, tolerance=1e-8)


def run(options):
    store = Store("models", options.check)
    for name, config in PRESETS.items():
        frames = frames_of(name)
        generator(store, name, f"{name.upper()}, {frames} frames, batch 2", config, frames)
    for name, (about, changes) in SMALL.items():
        generator(store, name, about, {**V1, **changes}, 13)
    # 3001 is a multiple of no period, and odd for the pooling.
    discriminator(store, "mpd", "all periods, 3001 samples, batch 2", MultiPeriod, 3001)
    discriminator(store, "msd", "all scales, 3001 samples, batch 2", MultiScale, 3001)
    store.finish(LAYOUT)
    return store.problems
