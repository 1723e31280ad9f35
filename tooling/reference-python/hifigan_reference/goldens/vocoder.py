"""Goldens of @hifigan/vocoder: generators of other programs, computed by their own code."""

import collections
import importlib.util
import math
import pathlib
import sys
import types

import numpy as np
import torch

from ..hashed_uniform import hashed_uniform
from ..torchaudio_import import torchaudio  # noqa: F401: transformers imports it, too
from .store import Store

LAYOUT = """
Generators of other programs as their own code builds, stores and runs them; weights are `hashed_uniform` of
`<case>/<name>`, so that they need no training. Layout and names are **theirs**.

- `state/<name>`: the state dict as the program stores it, the model around the generator included.
- `mel [frames, mels]`, `audio [samples]`; `single/mel`, `single/audio`: one frame, unbatched where the program knows
  that; `batch/mel [2, frames, mels]`, `batch/audio [2, samples]`. In float64.
- Metadata: `config`, the program's configuration; `program`, its name and version.

`foreign-transformers-*` are written by the transformers of requirements.txt. The others are made by single modules of
packages that are too large to install for that (`pip download --no-deps parallel-wavegan==0.6.1 coqui-tts==0.28.0
espnet==202511 nemo_toolkit==3.0.0`, unpacked into one folder, `goldens --only vocoder --sources FOLDER`), what they import
and do not use for a generator's output replaced by empty modules; without `--sources` they are left as they are.
"""

FRAMES = 9
SMALL = {"rates": [4, 2], "kernels": [8, 4], "width": 16, "blocks": [3, 5], "mels": 6}
DILATIONS = [[1, 3, 5], [1, 2, 3]]
PAIRS = [[1, 2], [2, 6]]


def hashed(module, case):
    """Weights from names, loud enough that activations matter; statistics as of log-mels."""
    state = {}
    for name, value in module.state_dict().items():
        shape = tuple(value.shape)
        if name.endswith("mean"):
            state[name] = torch.from_numpy(hashed_uniform(f"{case}/{name}", shape, 1.0) - 2)
        elif name.endswith(("scale", "std")):
            state[name] = torch.from_numpy(1 + hashed_uniform(f"{case}/{name}", shape, 0.5))
        elif not value.is_floating_point():
            state[name] = value
        else:
            spread = 1 if len(shape) < 2 else 1.5 / math.sqrt(math.prod(shape[1:]))
            draw = hashed_uniform(f"{case}/{name}", shape, 0.1 if len(shape) < 2 else spread)
            # Magnitudes of weight norm are positive.
            positive = name.endswith(("weight_g", "original0"))
            state[name] = torch.from_numpy(np.abs(draw) + np.float32(0.35) if positive else draw)
    module.load_state_dict(state)
    return module.eval()


def mel_of(name, *shape):
    return hashed_uniform(name, shape, 2.0) - np.float32(2)


def record(store, case, about, module, run, config, program, single=True, outer=None):
    """`run(mel [frames, mels] or [batch, frames, mels])` gives float64 audio of the module, now in float64."""
    state = outer if outer is not None else module.state_dict()
    arrays = {f"state/{name}": value.float().numpy() for name, value in state.items()}
    module.double()
    mels = SMALL["mels"]
    mel = mel_of(f"{case}/mel", FRAMES, mels)
    batch = mel_of(f"{case}/batch", 2, FRAMES, mels)
    one = mel_of(f"{case}/single", 1, mels)
    with torch.no_grad():
        as64 = lambda value: torch.from_numpy(value).double()
        arrays |= {"mel": mel, "audio": run(as64(mel)).numpy()}
        arrays |= {"batch/mel": batch, "batch/audio": run(as64(batch)).numpy()}
        if single:
            arrays |= {"single/mel": one, "single/audio": run(as64(one)).numpy()}
    largest = float(np.abs(arrays["audio"]).max())
    assert 0.05 < largest < 0.99999, f"{case}: audio up to {largest}"
    store.put(f"foreign-{case}", arrays, about, {"config": config, "program": program})


def transformers_cases(store):
    import transformers
    from transformers.models.fastspeech2_conformer import modeling_fastspeech2_conformer as conformer

    version = f"transformers {transformers.__version__}"
    options = {
        "model_in_dim": SMALL["mels"], "upsample_initial_channel": SMALL["width"],
        "upsample_rates": SMALL["rates"], "upsample_kernel_sizes": SMALL["kernels"],
        "resblock_kernel_sizes": SMALL["blocks"], "resblock_dilation_sizes": DILATIONS,
    }
    for case, about, extra, normed in [
        ("transformers-speecht5", "SpeechT5HifiGan, mels normalised", {"sampling_rate": 16000}, False),
        ("transformers-raw", "SpeechT5HifiGan with normalize_before false, whose statistics are not used",
         {"normalize_before": False}, False),
        ("transformers-normed", "SpeechT5HifiGan with weight norm (parametrizations)", {}, True),
    ]:
        config = transformers.SpeechT5HifiGanConfig(**options, **extra)
        model = transformers.SpeechT5HifiGan(config)
        if normed:
            model.apply_weight_norm()
        hashed(model, case)
        record(store, case, about, model, model, config.to_dict(), version)
    case = "transformers-conformer"
    vocoder = transformers.FastSpeech2ConformerHifiGanConfig(**options)
    around = transformers.FastSpeech2ConformerConfig(
        hidden_size=8, vocab_size=5, num_mel_bins=SMALL["mels"], encoder_layers=1, decoder_layers=1,
        encoder_num_attention_heads=1, decoder_num_attention_heads=1, encoder_linear_units=8,
        decoder_linear_units=8, duration_predictor_layers=1, duration_predictor_channels=8,
        energy_predictor_layers=1, energy_predictor_channels=8, pitch_predictor_layers=1,
        pitch_predictor_channels=8, speech_decoder_postnet_layers=1, speech_decoder_postnet_units=8,
    )
    config = transformers.FastSpeech2ConformerWithHifiGanConfig(
        model_config=around.to_dict(), vocoder_config=vocoder.to_dict()
    )
    whole = conformer.FastSpeech2ConformerWithHifiGan(config)
    hashed(whole.vocoder, case)
    # Of the acoustic model around it the last layer stands for all.
    kept = {
        name: value for name, value in whole.state_dict().items()
        if name.startswith(("vocoder.", "model.speech_decoder_postnet.feat_out."))
    }
    kept = {
        name: value if name.startswith("vocoder.") else torch.zeros_like(value)
        for name, value in kept.items()
    }
    about = "FastSpeech2ConformerWithHifiGan: the vocoder within an acoustic model"
    record(store, case, about, whole.vocoder, whole.vocoder, config.to_dict(), version, outer=kept)


def _module(sources, path, stubs):
    """One module of a package that is not installed; `stubs` are the names that it imports and does not need here."""
    held = {name: sys.modules.get(name) for name in stubs}
    for name, content in stubs.items():
        stub = types.ModuleType(name)
        stub.__dict__.update(content)
        sys.modules[name] = stub
    try:
        file = next(pathlib.Path(sources).glob(path))
        spec = importlib.util.spec_from_file_location(f"foreign_{file.stem}_{len(stubs)}", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        for name, module in held.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def _channels_first(module):
    """Runs a module that takes [batch, mels, frames]."""

    def run(mel):
        batch = mel if mel.dim() == 3 else mel[None]
        audio = module(batch.transpose(1, 2)).squeeze(1)
        return audio if mel.dim() == 3 else audio[0]

    return run


def wavegan_params(width="channels", **more):
    return {
        "in_channels": SMALL["mels"], "out_channels": 1, width: SMALL["width"], "kernel_size": 7,
        "upsample_scales": SMALL["rates"], "upsample_kernel_sizes": SMALL["kernels"],
        "resblock_kernel_sizes": SMALL["blocks"], "resblock_dilations": DILATIONS,
        "use_additional_convs": True, "bias": True, "nonlinear_activation": "LeakyReLU",
        "nonlinear_activation_params": {"negative_slope": 0.1}, "use_weight_norm": True, **more,
    }


def wavegan_cases(store, sources):
    blocks = _module(sources, "parallel_wavegan-*/parallel_wavegan/layers/residual_block.py", {
        "parallel_wavegan": {}, "parallel_wavegan.layers": {}, "parallel_wavegan.layers.causal_conv":
        {"CausalConv1d": None}, "parallel_wavegan.layers.upsample": {},
    })
    module = _module(sources, "parallel_wavegan-*/parallel_wavegan/models/hifigan.py", {
        "parallel_wavegan": {},
        "parallel_wavegan.layers": {
            "CausalConv1d": None, "CausalConvTranspose1d": None,
            "HiFiGANResidualBlock": blocks.HiFiGANResidualBlock,
        },
        "parallel_wavegan.layers.duration_predictor": {"DurationPredictor": None},
        "parallel_wavegan.layers.length_regulator": {"LengthRegulator": None},
        "parallel_wavegan.utils": {"read_hdf5": None},
    })
    mel = {
        "sampling_rate": 24000, "fft_size": 128, "hop_size": 8, "win_length": None, "window": "hann",
        "num_mels": SMALL["mels"], "fmin": 80, "fmax": 7600, "format": "hdf5",
    }
    for case, about, extra in [
        ("parallel-wavegan", "HiFiGANGenerator with weight norm; statistics as in its stats.npy", {}),
        ("parallel-wavegan-plain", "the same without additional convolutions, biases and weight norm", {
            "use_additional_convs": False, "bias": False, "use_weight_norm": False,
            "resblock_dilations": PAIRS, "upsample_scales": [3, 2], "upsample_kernel_sizes": [6, 4],
        }),
    ]:
        params = wavegan_params(**extra)
        generator = hashed(module.HiFiGANGenerator(**params), case)
        config = {**mel, "generator_type": "HiFiGANGenerator", "generator_params": params}
        config["hop_size"] = math.prod(params["upsample_scales"])
        record(store, case, about, generator, _channels_first(generator), config, "parallel-wavegan 0.6.1")


def espnet_case(store, sources):
    blocks = _module(sources, "espnet2/gan_tts/hifigan/residual_block.py", {})
    module = _module(sources, "espnet2/gan_tts/hifigan/hifigan.py", {
        "espnet2": {}, "espnet2.gan_tts": {}, "espnet2.gan_tts.hifigan": {},
        "espnet2.gan_tts.hifigan.residual_block": {"ResidualBlock": blocks.ResidualBlock},
    })
    case = "espnet"
    params = wavegan_params(bias=False, global_channels=-1)
    generator = hashed(module.HiFiGANGenerator(**params), case)
    del params["in_channels"]
    mean = torch.from_numpy(mel_of(f"{case}/mean", SMALL["mels"]))
    std = 1 + torch.from_numpy(hashed_uniform(f"{case}/std", (SMALL["mels"],), 0.5))
    outer = {
        "normalize.mean": mean, "normalize.std": std,
        "tts.generator.text2mel.feat_out.weight": torch.zeros(6, 4),
        **{f"tts.generator.vocoder.{name}": value for name, value in generator.state_dict().items()},
        "tts.discriminator.msd.discriminators.0.layers.0.0.bias": torch.zeros(2),
    }
    config = {
        "tts": "joint_text2wav",
        "tts_conf": {"sampling_rate": 16000, "vocoder_type": "hifigan_generator", "vocoder_params": params},
        "feats_extract": "fbank",
        "feats_extract_conf": {
            "n_fft": 128, "hop_length": 8, "win_length": None, "fs": 16000, "fmin": 80, "fmax": 7600,
            "n_mels": SMALL["mels"],
        },
        "normalize": "global_mvn",
    }
    inner = _channels_first(generator)
    run = lambda mel: inner((mel - mean.double()) / std.double())
    record(store, case, "the vocoder of a joint text-to-waveform model, with its normalisation",
           generator, run, config, "espnet 202511", outer=outer)


def coqui_cases(store, sources):
    module = _module(sources, "TTS/vocoder/models/hifigan_generator.py", {
        "trainer": {}, "trainer.io": {"load_fsspec": None}, "TTS": {}, "TTS.utils": {},
        "TTS.utils.io": {"load_fsspec": None}, "TTS.utils.generic_utils": {},
    })
    for case, about, kind, dilations, extra, wrap in [
        ("coqui", "HifiganGenerator, parametrizations, the last bias left away", "1", DILATIONS,
         {"conv_post_bias": False, "conv_post_weight_norm": False}, ""),
        ("coqui-gan", "HifiganGenerator of block 2 as a GAN's model_g", "2", PAIRS, {}, "model_g."),
    ]:
        params = {
            "resblock_type": kind, "resblock_dilation_sizes": dilations,
            "resblock_kernel_sizes": SMALL["blocks"], "upsample_kernel_sizes": SMALL["kernels"],
            "upsample_initial_channel": SMALL["width"], "upsample_factors": SMALL["rates"], **extra,
        }
        generator = module.HifiganGenerator(in_channels=SMALL["mels"], out_channels=1, **params)
        hashed(generator, case)
        config = {
            "model": "hifigan", "generator_model": "hifigan_generator", "generator_model_params": params,
            "audio": {
                "sample_rate": 22050, "fft_size": 128, "hop_length": 8, "win_length": 128,
                "num_mels": SMALL["mels"], "mel_fmin": 0.0, "mel_fmax": 8000.0, "log_func": "np.log",
                "spec_gain": 1.0, "signal_norm": False,
            },
        }
        outer = {f"{wrap}{name}": value for name, value in generator.state_dict().items()}
        if wrap:
            outer["model_d.mpd.discriminators.0.conv_post.bias"] = torch.zeros(1)
        record(store, case, about, generator, _channels_first(generator), config, "coqui-tts 0.28.0",
               outer=outer)


def nemo_cases(store, sources):
    class Module(torch.nn.Module):
        pass

    kinds = {name: lambda *_: None for name in
             ("AudioSignal", "MelSpectrogramType", "VoidType", "NeuralType")}
    module = _module(sources, "nemo/collections/tts/modules/hifigan_modules.py", {
        "nemo": {}, "nemo.core": {}, "nemo.core.classes": {"NeuralModule": Module},
        "nemo.core.classes.module": {"NeuralModule": Module},
        "nemo.core.classes.common": {"typecheck": lambda: lambda method: method},
        "nemo.core.neural_types": {}, "nemo.core.neural_types.elements": kinds,
        "nemo.core.neural_types.neural_type": kinds,
    })
    for case, about, flat in [
        ("nemo", "HifiGanModel: blocks by stage, discriminators and filterbanks beside", False),
        ("nemo-flat", "the same as early versions stored it", True),
    ]:
        params = {
            "resblock": 1, "upsample_rates": SMALL["rates"], "upsample_kernel_sizes": SMALL["kernels"],
            "upsample_initial_channel": SMALL["width"], "resblock_kernel_sizes": SMALL["blocks"],
            "resblock_dilation_sizes": DILATIONS, "initial_input_size": SMALL["mels"],
        }
        generator = hashed(module.Generator(**params), case)

        def stored(name):
            parts = name.split(".")
            if flat and parts[0] == "resblocks":
                parts[1:3] = [str(int(parts[1]) * len(SMALL["blocks"]) + int(parts[2]))]
            return f"generator.{'.'.join(parts)}"

        outer = {
            "audio_to_melspec_precessor.featurizer.fb": torch.zeros(1, 6, 65),
            "mpd.discriminators.0.conv_post.bias": torch.zeros(1),
            **{stored(name): value for name, value in generator.state_dict().items()},
        }
        config = {
            "preprocessor": {
                "_target_": "nemo.collections.asr.parts.preprocessing.features.FilterbankFeatures",
                "nfilt": SMALL["mels"], "lowfreq": 0, "highfreq": 8000, "n_fft": 128,
                "n_window_size": 128, "n_window_stride": 8, "pad_to": 0, "pad_value": -11.52,
                "sample_rate": 22050, "window": "hann", "normalize": None, "preemph": None, "dither": 0.0,
                "frame_splicing": 1, "log": True, "log_zero_guard_type": "clamp",
                "log_zero_guard_value": 1e-05, "mag_power": 1.0, "exact_pad": True,
            },
            "generator": {
                "_target_": "nemo.collections.tts.modules.hifigan_modules.Generator", **params,
            },
        }
        run = _channels_first(lambda mel, inner=generator: inner(x=mel))
        record(store, case, about, generator, run, config, "nemo_toolkit 3.0.0", outer=outer)


def statistics_file(store):
    """As ParallelWaveGAN's compute_statistics.py writes it: a float32 data set for each."""
    import h5py

    name = "parallel-wavegan-stats.h5"
    store.described.append((name, "statistics as ParallelWaveGAN writes them: mean 1 to 6, scale 0.5 to 3"))
    arrays = {"mean": np.arange(1, 7, dtype=np.float32), "scale": np.arange(1, 7, dtype=np.float32) / 2}
    path = store.folder / name
    if not store.check:
        with h5py.File(path, "w") as file:
            for key, value in arrays.items():
                file.create_dataset(key, data=value)
    with h5py.File(path) as file:
        for key, value in arrays.items():
            if not np.array_equal(file[key][()], value):
                store.problems.append(f"{path}: {key} is another")


def layers():
    """The ends of a generator with weight norm, whose hooks are objects of their own."""
    norm = torch.nn.utils.weight_norm
    ends = {"conv_pre": norm(torch.nn.Conv1d(6, 4, 7)), "conv_post": norm(torch.nn.Conv1d(4, 1, 7))}
    return hashed(torch.nn.Sequential(collections.OrderedDict(ends)), "layers")


def lightning():
    """As Lightning nests it: optimizers, callbacks, and hyperparameters that are objects."""
    parts = torch.nn.ModuleDict({"generator": layers(), "discriminator": torch.nn.Conv1d(1, 2, 3)})
    hashed(parts["discriminator"], "discriminator")
    optimizer = torch.optim.AdamW(parts["generator"].parameters(), 2e-4)
    sum(value.sum() for value in parts["generator"].parameters()).backward()
    optimizer.step()
    return {
        "epoch": 3, "global_step": 1200, "pytorch-lightning_version": "2.5.0",
        "state_dict": parts.state_dict(), "loops": {"fit_loop": {"state_dict": {}}},
        "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.5)}},
        "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [],
        "hyper_parameters": {"loss": torch.nn.L1Loss(), "sampling_rate": 22050},
    }


def torch_files(store):
    """What torch.save makes of a whole model and of Lightning's checkpoints."""
    for name, build, about in [
        ("module", layers, "a whole model as `torch.save` pickles it: a Sequential of two layers with weight norm"),
        ("lightning", lightning, "a checkpoint as Lightning nests it, a loss among its hyperparameters"),
    ]:
        path, value = store.folder / f"torch-{name}.pth", build()
        store.described.append((path.name, about))
        if not store.check:
            torch.save(value, path)
            continue
        states = [
            each.state_dict() if isinstance(each, torch.nn.Module) else each["state_dict"]
            for each in (torch.load(path, weights_only=False), value)
        ]
        if states[0].keys() != states[1].keys():
            store.problems.append(f"{path}: holds other names")
        elif not all(torch.allclose(states[0][key], states[1][key]) for key in states[0]):
            store.problems.append(f"{path}: holds other values")


def run(options):
    store = Store("vocoder", options.check)
    transformers_cases(store)
    statistics_file(store)
    torch_files(store)
    if options.sources:
        wavegan_cases(store, options.sources)
        espnet_case(store, options.sources)
        coqui_cases(store, options.sources)
        nemo_cases(store, options.sources)
    store.finish(LAYOUT)
    return store.problems
