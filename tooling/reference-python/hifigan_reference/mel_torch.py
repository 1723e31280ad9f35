"""The same mel spectrogram in torch, with gradients, channels first: `[batch, mels, frames]`."""

import torch

from .mel_numpy import filterbank


class MelSpectrogram(torch.nn.Module):
    """Audio `[batch, samples]` to log-mel, in the dtype it is built with. `fmax` names the config key.

    `padding`: samples mirrored on each side; None: so many that there are as many frames as hops.
    """

    def __init__(self, config, fmax="fmax", dtype=torch.float32, padding=None):
        super().__init__()
        self.padding = padding
        self.n_fft, self.hop, self.win = config["n_fft"], config["hop_size"], config["win_size"]
        basis = filterbank(
            config["sampling_rate"], self.n_fft, config["num_mels"], config["fmin"], config[fmax]
        )
        self.register_buffer("basis", torch.from_numpy(basis).to(dtype))
        self.register_buffer("window", torch.hann_window(self.win, dtype=dtype))

    def magnitudes(self, audio):
        pad = (self.n_fft - self.hop) // 2 if self.padding is None else self.padding
        audio = torch.nn.functional.pad(audio.unsqueeze(1), (pad, pad), mode="reflect").squeeze(1)
        spectrum = torch.stft(
            audio, self.n_fft, hop_length=self.hop, win_length=self.win, window=self.window,
            center=False, onesided=True, return_complex=True,
        )
        return torch.sqrt(spectrum.real**2 + spectrum.imag**2 + 1e-9)

    def forward(self, audio):
        return torch.log(torch.clamp(self.basis @ self.magnitudes(audio), min=1e-5))
