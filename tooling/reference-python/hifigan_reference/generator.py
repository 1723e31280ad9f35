"""The generator, channels first: log-mel `[batch, mels, frames]` to audio `[batch, 1, samples]`."""

from torch import nn, tanh

from .layers import leaky, normed, remove_weight_norm, same


def _conv(channels, kernel, dilation=1):
    return normed(
        nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=same(kernel, dilation))
    )


class Block1(nn.Module):
    """x + undilated(lrelu(dilated(lrelu x))), once a dilation."""

    def __init__(self, channels, kernel, dilations):
        super().__init__()
        self.convs1 = nn.ModuleList(_conv(channels, kernel, d) for d in dilations)
        self.convs2 = nn.ModuleList(_conv(channels, kernel) for _ in dilations)

    def forward(self, x):
        for dilated, plain in zip(self.convs1, self.convs2):
            x = x + plain(leaky(dilated(leaky(x))))
        return x


class Block2(nn.Module):
    """x + dilated(lrelu x), once a dilation."""

    def __init__(self, channels, kernel, dilations):
        super().__init__()
        self.convs = nn.ModuleList(_conv(channels, kernel, d) for d in dilations)

    def forward(self, x):
        for dilated in self.convs:
            x = x + dilated(leaky(x))
        return x


class Generator(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["upsample_initial_channel"]
        block = {"1": Block1, "2": Block2}[config["resblock"]]
        self.conv_pre = normed(nn.Conv1d(config["num_mels"], width, 7, padding=3))
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        for rate, kernel in zip(config["upsample_rates"], config["upsample_kernel_sizes"]):
            # An odd difference: one sample more on the left is cut, one on the right is added, so
            # that a stage still multiplies the length by its rate.
            odd = (kernel - rate) % 2
            padding = (kernel - rate + odd) // 2
            up = nn.ConvTranspose1d(
                width, width // 2, kernel, stride=rate, padding=padding, output_padding=odd
            )
            self.ups.append(normed(up))
            width //= 2
            for size, dilations in zip(
                config["resblock_kernel_sizes"], config["resblock_dilation_sizes"]
            ):
                self.resblocks.append(block(width, size, dilations))
        self.conv_post = normed(nn.Conv1d(width, 1, 7, padding=3))

    def stages(self, mel):
        """Yields (name, tensor) of each point worth comparing; the last is the audio."""
        x = self.conv_pre(mel)
        yield "conv_pre", x
        per_stage = len(self.resblocks) // len(self.ups)
        for stage, up in enumerate(self.ups):
            x = up(leaky(x))
            yield f"ups.{stage}", x
            blocks = self.resblocks[stage * per_stage : (stage + 1) * per_stage]
            x = sum(block(x) for block in blocks) / per_stage
            yield f"stage.{stage}", x
        # The last slope is PyTorch's default, not 0.1.
        yield "audio", tanh(self.conv_post(leaky(x, 0.01)))

    def forward(self, mel):
        for _, x in self.stages(mel):
            pass
        return x

    def fold(self):
        """Takes weight norm away, for inference."""
        for module in self.modules():
            if hasattr(module, "weight_g"):
                remove_weight_norm(module)
        return self
