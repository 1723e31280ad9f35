"""A second of speech as the front ends in use make its mel: what the mel doctor of @hifigan/audio has to recognise.

librosa, torchaudio and transformers compute their own; the formulas of the others, whose packages are too large to
install for a few lines, are written again from the sources that `mel-profiles.ts` names.
"""

import librosa
import numpy as np
import scipy.signal
import soundfile
import torch

from ..torchaudio_import import torchaudio
from .store import ROOT

CLIP = "it-vm-record-prepend.wav"
START, SECONDS = 0.6, 1.25
STATISTICS_OF = ["it-vm-record-prepend.wav", "it-queue-periodic-announce.wav"]
KAISER = {
    "lowpass_filter_width": 64, "rolloff": 0.9475937167399596,
    "resampling_method": "sinc_interp_kaiser", "beta": 14.769656459379492,
}
ABOUT = (
    "1.25 s of `samples/it-vm-record-prepend.wav` as other front ends make its mel, each as it lies in their files: "
    "`<profile>`; `<profile>/mean` and `/scale` where they normalise by statistics (of both Italian samples). "
    "Voice: Carlo Flora, CC BY 3.0, see samples/LICENSE.md"
)


def recording(name, rate, whole=False):
    audio, original = soundfile.read(ROOT / "samples" / name, dtype="float32")
    if not whole:
        audio = audio[int(START * original) : int((START + SECONDS) * original)]
    if rate == original:
        return audio
    exact = torch.from_numpy(audio).double()
    return torchaudio.functional.resample(exact, original, rate, **KAISER).float().numpy()


def amplitude(audio, n_fft=1024, hop=256, win=None, center=True):
    return np.abs(librosa.stft(audio, n_fft=n_fft, hop_length=hop, win_length=win, center=center, pad_mode="reflect"))


def bank(rate=22050, n_fft=1024, mels=80, fmin=0, fmax=8000):
    return librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=mels, fmin=fmin, fmax=fmax)


def hifigan_bands(finish, power=False):
    """HiFi-GAN's frames and bands without its guard under the root, with another end."""

    def make(name, whole=False):
        audio = np.pad(recording(name, 22050, whole), 384, mode="reflect")
        spectrum = amplitude(audio, center=False)
        return finish(bank() @ (spectrum**2 if power else spectrum))

    return make


def hifigan(rate=22050, n_fft=1024, hop=256, mels=80, fmax=8000, guard=1e-9):
    def make(name, whole=False):
        audio = np.pad(recording(name, rate, whole), (n_fft - hop) // 2, mode="reflect")
        spectrum = torch.stft(
            torch.from_numpy(audio), n_fft, hop, n_fft, torch.hann_window(n_fft), center=False, return_complex=True
        )
        magnitude = torch.sqrt(torch.view_as_real(spectrum).pow(2).sum(-1) + guard).numpy()
        return np.log(np.maximum(bank(rate, n_fft, mels, 0, fmax) @ magnitude, 1e-5))

    return make


def nemo(exact_pad, add):
    """NeMo's FilterbankFeatures: a window that is not periodic."""

    def make(name, whole=False):
        audio = torch.from_numpy(recording(name, 22050, whole))[None]
        if exact_pad:
            audio = torch.nn.functional.pad(audio[None], (384, 384), "reflect")[0]
        window = torch.hann_window(1024, periodic=False)
        spectrum = torch.stft(audio, 1024, 256, 1024, window, center=not exact_pad, return_complex=True)
        mel = torch.from_numpy(bank()) @ torch.view_as_real(spectrum).pow(2).sum(-1).sqrt()
        return torch.log(mel + 1e-5 if add else torch.clamp(mel, min=1e-5))[0].numpy()

    return make


def nvidia(name, whole=False):
    return np.log(np.maximum(bank() @ amplitude(recording(name, 22050, whole)), 1e-5))


def keithito(name, whole=False):
    audio = scipy.signal.lfilter([1, -0.97], [1], recording(name, 20000, whole))
    spectrum = amplitude(audio, 2048, 250, 1000)
    decibels = 20 * np.log10(np.maximum(1e-5, bank(20000, 2048, 80, 0, None) @ spectrum))
    return np.clip((decibels + 100) / 100, 0, 1).T


def ranged(fmin, fmax, floor, low, high, mels_first):
    def make(name, whole=False):
        spectrum = amplitude(recording(name, 22050, whole))
        decibels = 20 * np.log10(np.maximum(floor, bank(fmin=fmin, fmax=fmax) @ spectrum)) - 20
        scaled = np.clip((high - low) * ((decibels + 100) / 100) + low, low, high)
        return scaled if mels_first else scaled.T

    return make


def coqui(name, whole=False):
    return np.log(np.maximum(1e-8, bank() @ amplitude(recording(name, 22050, whole))))


def coqui_decibels(name, whole=False):
    return 20 * np.log10(np.maximum(1e-8, bank() @ amplitude(recording(name, 22050, whole))))


def espnet(rate=22050, n_fft=1024, hop=256, win=None):
    def make(name, whole=False):
        spectrum = amplitude(recording(name, rate, whole), n_fft, hop, win)
        return np.log10(np.maximum(1e-10, bank(rate, n_fft, 80, 80, 7600) @ spectrum)).T

    return make


def speecht5(name, whole=False):
    from transformers import SpeechT5FeatureExtractor

    extractor = SpeechT5FeatureExtractor()
    return extractor(audio_target=recording(name, 16000, whole), sampling_rate=16000)["input_values"][0]


def by_librosa(finish=lambda power: power, **options):
    def make(name, whole=False):
        return finish(librosa.feature.melspectrogram(y=recording(name, 22050, whole), sr=22050, **options))

    return make


def by_torchaudio(rate=16000, finish=lambda mel: mel, **options):
    def make(name, whole=False):
        # In float64: where a band is silent, float32 differs from processor to processor, and a logarithm shows it.
        transform = torchaudio.transforms.MelSpectrogram(sample_rate=rate, **options).double()
        return finish(transform(torch.from_numpy(recording(name, rate, whole)).double())).numpy()

    return make


def against_loudest(power):
    return librosa.power_to_db(power, ref=np.max)


def against_one(power):
    return librosa.power_to_db(power, top_db=None)


EIGHTY = {"n_fft": 1024, "hop_length": 256, "n_mels": 80}
MAKERS = {
    "hifigan": hifigan(),
    "hifigan-full-band": hifigan(fmax=None),
    "tacotron2-nvidia": nvidia,
    "nemo-hifigan": nemo(True, False),
    "nemo-fastpitch": nemo(False, True),
    "tacotron-keithito": keithito,
    "tacotron2-rayhane": ranged(25, 7600, 1e-5, -4, 4, False),
    "wavenet-r9y9": ranged(125, 7600, 1e-5, 0, 1, False),
    "coqui-normalised": ranged(0, 8000, 1e-8, -4, 4, True),
    "coqui": coqui,
    "espnet": espnet(),
    "espnet-24k": espnet(24000, 2048, 300, 1200),
    "speecht5": speecht5,
    "librosa-power": by_librosa(),
    "librosa-decibel": by_librosa(against_loudest),
    "librosa-80-power": by_librosa(**EIGHTY),
    "librosa-80-decibel": by_librosa(against_loudest, **EIGHTY),
    "torchaudio": by_torchaudio(),
    "torchaudio-80": by_torchaudio(22050, **EIGHTY),
    "vocos": by_torchaudio(
        24000, lambda mel: torch.log(torch.clip(mel, min=1e-7)), n_fft=1024, hop_length=256, n_mels=100, power=1
    ),
    "log10": hifigan_bands(lambda mel: np.log10(np.maximum(mel, 1e-5))),
    "decibel": hifigan_bands(lambda mel: 20 * np.log10(np.maximum(mel, 1e-5))),
    "natural-power": hifigan_bands(lambda mel: np.log(np.maximum(mel, 1e-10)), power=True),
    "amplitude": hifigan_bands(lambda mel: mel),
    "bigvgan-24k": hifigan(24000, mels=100, fmax=None),
    "bigvgan-44k": hifigan(44100, 2048, 512, 128, None),
}
# In a file of their own: the other would be larger than a fixture may be.
MORE = {
    "coqui-normalised-1": ranged(0, 8000, 1e-8, -1, 1, True),
    "coqui-normalised-4": ranged(0, 8000, 1e-8, 0, 4, True),
    "librosa-decibel-ref1": by_librosa(against_one),
    "librosa-80-decibel-ref1": by_librosa(against_one, **EIGHTY),
    "hifigan-128": hifigan(mels=128, fmax=None),
    "bigvgan-44k-256": hifigan(44100, mels=128, fmax=None),
}
# What scripts make of the two libraries' functions.
TO_8K = {**EIGHTY, "fmax": 8000}
SCRIPTS = {
    "librosa-80-8k-power": by_librosa(**TO_8K),
    "librosa-80-8k-decibel": by_librosa(against_loudest, **TO_8K),
    "librosa-80-8k-decibel-ref1": by_librosa(against_one, **TO_8K),
    "librosa-80-natural": by_librosa(lambda power: np.log(np.maximum(power, 1e-10)), **EIGHTY),
    "librosa-80-log10": by_librosa(lambda power: np.log10(np.maximum(power, 1e-10)), **EIGHTY),
    "librosa-80-log1p": by_librosa(np.log1p, **EIGHTY),
    "torchaudio-decibel": by_torchaudio(finish=torchaudio.transforms.AmplitudeToDB()),
    "torchaudio-80-decibel": by_torchaudio(22050, torchaudio.transforms.AmplitudeToDB(), **EIGHTY),
    "torchaudio-80-natural": by_torchaudio(22050, lambda mel: torch.log(mel + 1e-6), **EIGHTY),
}
NORMALISED = {
    "coqui-statistics": (coqui_decibels, 1),
    "espnet-statistics": (espnet(), 0),
    "espnet-24k-statistics": (espnet(24000, 2048, 300, 1200), 0),
}


def profiles(store):
    arrays = {name: make(CLIP).astype(np.float32) for name, make in MAKERS.items()}
    for name, (make, time) in NORMALISED.items():
        everything = np.concatenate([make(one, True) for one in STATISTICS_OF], axis=time)
        mean, scale = everything.mean(time), everything.std(time)
        mel = make(CLIP)
        scaled = (mel - mean[:, None]) / scale[:, None] if time == 1 else (mel - mean) / scale
        arrays |= {
            name: scaled.astype(np.float32),
            f"{name}/mean": mean.astype(np.float32), f"{name}/scale": scale.astype(np.float32),
        }
    import transformers

    facts = {
        "clip": CLIP, "start": START, "seconds": SECONDS,
        "licence_of_speech": "CC BY 3.0, Carlo Flora, see samples/LICENSE.md",
    }
    store.put("mel-profiles", arrays, ABOUT, facts | {"transformers": transformers.__version__}, tolerance=1e-3)
    more = {name: make(CLIP).astype(np.float32) for name, make in MORE.items()}
    store.put("mel-profiles-more", more, "as `mel-profiles.safetensors`, of more front ends", facts, tolerance=1e-3)
    scripts = {name: make(CLIP).astype(np.float32) for name, make in SCRIPTS.items()}
    about = "as `mel-profiles.safetensors`, of what scripts make of librosa's and torchaudio's functions"
    store.put("mel-profiles-scripts", scripts, about, facts, tolerance=1e-3)
