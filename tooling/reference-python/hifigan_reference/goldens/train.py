"""Goldens of @hifigan/train."""

import gc

import numpy as np
import torch

from .. import losses
from ..config import PRESETS, V1
from ..hashed_uniform import hashed_uniform
from ..mel_numpy import log_mel
from ..mel_torch import MelSpectrogram
from ..training import LOSSES, Training
from .audio import signal
from .store import Store
from .summary import Deviation, summarise

GAINS = (1.5, 2.5)
STEPS = 3

# Where an activation before a leaky ReLU or a difference within an L1 loss lies within rounding of zero, its sign, and
# with it the gradient, is a matter of luck, in float64 no less: with V3's audio, moving V2's weights by half a unit of
# float32's last place moves gradients of its generator by 2e-3. So V2 has noise of its own: of "train/v2.0", "v2.1", …
# the first with which every gradient of PyTorch's float32 lies within 3e-4 of float64's (0 has 2e-3 in the MSD).
VOICES = {"v3": "train/audio", "v2": "train/v2.1"}

LAYOUT = """
Layout and names are **PyTorch's**: channels first (`mel [B, mels, frames]`, `audio [B, samples]`), upstream's
parameter names behind `generator/`, `mpd/`, `msd/`. `<tensor>/stats`, `<tensor>/values` and, of gradients,
`<tensor>/projections` are read by testkit's `expectSummary`.

- `losses`: `score/{real,generated}.<d>`, `map/{real,generated}.<d>.<l>` of three sub-discriminators;
  `value/{discriminator,generator,feature}`, and the gradients `gradient/<loss>/<input>`. `audio/real`,
  `audio/generated`, `value/mel` (with the weight 45, fmax_for_loss) and `gradient/mel` = its gradient with
  respect to `audio/generated`; `…/multiscale_mel` the same of a loss at seven resolutions
  as BigVGAN-v2's, weight 15 (bands up to fmax_for_loss, 1e-9 under the root); `…/magnitude` that of the
  distance of magnitudes, weight 15, and of the mel loss, weight 45.
- `adamw`: `parameter/<k>`, `first/<k>`, `second/<k>` after k updates with `gradient/<k>`, k = 1 to 5, at
  `learning_rate/<k>`; options in the metadata.
- `steps-<config>`: three steps of generator, MPD and MSD from testkit's `hashedState` (prefixes '', 'mpd.',
  'msd.'; `gains` of the metadata for the generator and the discriminators) on the one batch `mel`, `audio`.
  `losses [3, 9]`, columns named in the metadata. `gradient/<network>/<parameter>` are of step 1: mpd and msd in
  the discriminators' half, generator in its own (discriminators updated). `weight/<network>/<parameter>` are
  after step 3, `change/<network>/<parameter>` (one value) the mean |weight - weight at the start|;
  `buffer/<step>/<name>` MSD's u and v after steps 1 and 3 (four and twelve iterations).
  `float32_relative`: how far PyTorch's own float32 run lies from this float64 one. Adam divides by the
  gradient's size, so weights whose gradient is all rounding move by up to the learning rate either way:
  compare `change` and `stats` closely, single weights only to a few learning rates. The noise in V2's `audio` is
  chosen: see `VOICES` in `goldens/train.py`.
"""


def leaf(values):
    return torch.from_numpy(values).double().requires_grad_()


def adversarial(arrays):
    """Three little sub-discriminators' worth of numbers."""
    sides = {}
    for side in ("real", "generated"):
        sides[side] = []
        for d, score in enumerate([(2, 7), (2, 5), (2, 1)]):
            numbers = leaf(hashed_uniform(f"score/{side}.{d}", score, 1.5))
            shapes = [(2, 3, 11), (2, 4, 6, 3)]
            maps = [
                leaf(hashed_uniform(f"map/{side}.{d}.{i}", shape, 2.0))
                for i, shape in enumerate(shapes)
            ]
            arrays[f"score/{side}.{d}"] = numbers.detach().float().numpy()
            for i, value in enumerate(maps):
                arrays[f"map/{side}.{d}.{i}"] = value.detach().float().numpy()
            sides[side].append((numbers, maps))
    real, generated = sides["real"], sides["generated"]
    inputs = {
        f"{kind}/{side}.{name}": tensor
        for side, results in sides.items()
        for d, (score, maps) in enumerate(results)
        for kind, name, tensor in [
            ("score", str(d), score), *(("map", f"{d}.{i}", m) for i, m in enumerate(maps))
        ]
    }
    for name, value in {
        "discriminator": losses.discriminator_loss(real, generated),
        "generator": losses.generator_loss(generated),
        "feature": losses.feature_loss(real, generated),
    }.items():
        arrays[f"value/{name}"] = np.array([value.item()])
        gradients = torch.autograd.grad(value, inputs.values(), allow_unused=True)
        for key, gradient in zip(inputs, gradients):
            if gradient is not None:
                arrays[f"gradient/{name}/{key}"] = gradient.numpy()


def two_voices(samples, name="train/audio"):
    return np.stack([signal(f"{name}.{i}", samples, 22050) for i in range(2)])


def loss_goldens(store):
    arrays, deviation = {}, Deviation()
    adversarial(arrays)
    real = two_voices(8192)
    generated = (0.7 * real + hashed_uniform("train/noise", real.shape, 0.05)).astype(np.float32)
    arrays |= {"audio/real": real, "audio/generated": generated}

    def one_scale(target, given):
        mel = MelSpectrogram(V1, "fmax_for_loss", given.dtype)
        return losses.mel_loss(mel(target), mel(given))

    def many_scales(target, given):
        return losses.multiscale_mel_loss(V1, target, given)

    def magnitudes(target, given):
        return one_scale(target, given) + losses.magnitude_loss(V1, target, given)

    kinds = {"mel": one_scale, "multiscale_mel": many_scales, "magnitude": magnitudes}
    for name, loss in kinds.items():
        found = {}
        for dtype in (torch.float64, torch.float32):
            given = torch.from_numpy(generated).to(dtype).requires_grad_()
            value = loss(torch.from_numpy(real).to(dtype), given)
            value.backward()
            found[dtype] = (value, given.grad)
        exact, other = found[torch.float64], found[torch.float32]
        arrays[f"value/{name}"] = np.array([exact[0].item()])
        arrays[f"gradient/{name}"] = exact[1].numpy()
        deviation.note("value", name, exact[0], other[0])
        deviation.note("gradient", name, exact[1], other[1])
    store.put(
        "losses", arrays, "every loss with its gradients",
        {"float32_relative": deviation.metadata()}, tolerance=1e-9,
    )


def adamw(store):
    options = {"betas": [0.8, 0.99], "eps": 1e-8, "weight_decay": 0.01}
    parameter = leaf(hashed_uniform("adamw/parameter", (37,), 1.0))
    optimizer = torch.optim.AdamW([parameter], lr=1.0, **options)
    arrays = {"parameter/0": parameter.detach().clone().numpy()}
    for k in range(1, 6):
        # Sizes from 1e-7 to 1, so that epsilon shows; a tenth are zero.
        gradient = hashed_uniform(f"adamw/gradient.{k}", (37,), 1.0)
        gradient *= (10.0 ** -(np.arange(37) % 8)).astype(np.float32)
        gradient[k::10] = 0
        rate = 2e-2 * 0.9**k
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = torch.from_numpy(gradient).double()
        optimizer.step()
        state = optimizer.state[parameter]
        arrays |= {
            f"gradient/{k}": gradient, f"learning_rate/{k}": np.array([rate]),
            f"parameter/{k}": parameter.detach().clone().numpy(),
            f"first/{k}": state["exp_avg"].clone().numpy(),
            f"second/{k}": state["exp_avg_sq"].clone().numpy(),
        }
    store.put("adamw", arrays, "five updates of 37 values", {"options": options}, tolerance=1e-12)


def run_steps(config, mel, audio, dtype, count=STEPS):
    """Losses and tensors that are kept, at full size."""
    training = Training(config, dtype, GAINS)
    start = {
        f"{network}/{name}": value.detach().clone().float()
        for network, module in training.networks().items()
        for name, value in module.named_parameters()
    }
    rows, kept = [], {}
    mel, audio = torch.from_numpy(mel).to(dtype), torch.from_numpy(audio).to(dtype)
    for step in range(1, count + 1):

        def seen(half):
            if step > 1:
                return
            for network in ("mpd", "msd") if half == "disc" else ("generator",):
                for name, value in training.networks()[network].named_parameters():
                    # A copy: the generator's half adds to the same .grad of the discriminators.
                    kept[f"gradient/{network}/{name}"] = value.grad.to(torch.float32, copy=True)

        rows.append(list(training.step(mel, audio, seen).values()))
        print(f"  {dtype} step {step}: {dict(zip(LOSSES, rows[-1]))}", flush=True)
        if step in (1, STEPS):
            for name, value in training.msd.named_buffers():
                kept[f"buffer/{step}/{name}"] = value.detach().clone()
    if count < STEPS:
        return np.array(rows), kept
    for network, module in training.networks().items():
        for name, value in module.named_parameters():
            key = f"{network}/{name}"
            kept[f"weight/{key}"] = value.detach().clone()
            change = (value.detach() - start[key]).abs().mean()
            kept[f"change/{key}"] = change.reshape(1)
    return np.array(rows), kept


def steps(store, name, count):
    config = PRESETS[name]
    audio = two_voices(config["segment_size"], VOICES[name])
    mel = np.stack([log_mel(each, config).T for each in audio]).astype(np.float32)
    rows, kept = run_steps(config, mel, audio, torch.float64, count)
    arrays = {"mel": mel, "audio": audio, "losses": rows}
    for key, value in kept.items():
        if key.startswith("change"):
            arrays[key] = value.double().numpy()
        else:
            # Not of weights: rounding alone may move each by some learning rates, see LAYOUT.
            summarise(arrays, key, value, projected=key.startswith("gradient"))
    about = f"three full training steps of {name.upper()}"
    metadata = {"config": config, "gains": GAINS, "losses": LOSSES}
    # Only what is written tells of float32; a check needs no second run.
    if not store.check:
        metadata["float32_relative"] = float32_deviation(config, mel, audio, rows, kept)
    store.put(f"steps-{name}", arrays, about, metadata, tolerance=1e-5, partial=count < STEPS)


def float32_deviation(config, mel, audio, rows, kept):
    gc.collect()
    other_rows, other = run_steps(config, mel, audio, torch.float32)
    deviation = Deviation()
    for key, value in kept.items():
        kind, network = key.split("/")[:2]
        deviation.note(kind if kind == "buffer" else f"{kind}/{network}", key, value, other[key])
    off = np.abs(other_rows - rows) / np.abs(rows)
    return {**deviation.metadata(), "losses": off.max(axis=1).tolist()}


def run(options):
    store = Store("train", options.check)
    loss_goldens(store)
    adamw(store)
    thorough = options.slow or not store.check
    steps(store, "v3", STEPS if thorough else 1)
    if thorough:
        steps(store, "v2", STEPS)
    store.finish(LAYOUT)
    return store.problems
