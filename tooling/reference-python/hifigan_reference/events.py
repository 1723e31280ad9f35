"""What TensorBoard's own reader finds in a folder of event files."""

import io
import json

import soundfile
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def show(options):
    # 0: everything, where TensorBoard itself draws lots.
    found = EventAccumulator(
        options.folder,
        size_guidance={"scalars": 0, "images": 0, "audio": 0, "tensors": 0},
    ).Reload()
    tags = found.Tags()
    print(
        json.dumps(
            {
                "scalars": {
                    tag: [[event.step, event.value] for event in found.Scalars(tag)]
                    for tag in tags["scalars"]
                },
                "images": {tag: [image(event) for event in found.Images(tag)] for tag in tags["images"]},
                "audio": {tag: [audio(event) for event in found.Audio(tag)] for tag in tags["audio"]},
                "texts": {
                    tag: [text(event) for event in found.Tensors(tag)]
                    for tag in tags["tensors"]
                    if found.SummaryMetadata(tag).plugin_data.plugin_name == "text"
                },
                "first": found.FirstEventTimestamp(),
            }
        )
    )


def image(event):
    decoded = Image.open(io.BytesIO(event.encoded_image_string))
    decoded.load()
    return {
        "step": event.step,
        "told": [event.width, event.height],
        "decoded": list(decoded.size),
        "mode": decoded.mode,
        "corner": list(decoded.convert("RGB").getpixel((0, decoded.size[1] - 1))),
    }


def audio(event):
    samples, rate = soundfile.read(io.BytesIO(event.encoded_audio_string))
    return {
        "step": event.step,
        "rate": [event.sample_rate, rate],
        "samples": [event.length_frames, len(samples)],
        "type": event.content_type,
        "peak": float(abs(samples).max()),
    }


def text(event):
    values = tensor_util.make_ndarray(event.tensor_proto).reshape(-1)
    return {"step": event.step, "text": values[0].decode("utf8")}
