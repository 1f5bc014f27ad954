"""Sound for the tests, made here: tones, silence, headers without anything behind them, in several kinds of file."""

from __future__ import annotations

import array
import io
import math
import struct
import wave
from typing import Any, cast

import av

RATE = 8_000


def wav(seconds: float = 2.0, *, left: int = 10_000, right: int | None = None) -> bytes:
    """A tone; with `right` it has two sides, each as loud as is said."""
    sides = (left,) if right is None else (left, right)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(len(sides))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone(seconds, sides).tobytes())
    return written.getvalue()


def tone(seconds: float, sides: tuple[int, ...]) -> array.array[int]:
    return array.array(
        "h",
        (
            int(loud * math.sin(place / RATE * 2 * math.pi * 440))
            for place in range(int(seconds * RATE))
            for loud in sides
        ),
    )


def header() -> bytes:
    """44 bytes: what a PBX leaves when nobody has spoken, or not yet."""
    made = wav(0)
    assert len(made) == 44
    return made


def streamed(whole: bytes) -> bytes:
    """As written by who did not know the length: the header's sizes are as large as can be."""
    return whole[:4] + struct.pack("<I", 0xFFFFFFFF) + whole[8:40] + struct.pack("<I", 0xFFFFFFFF) + whole[44:]


def encoded(kind: str, codec: str, seconds: float = 2.0, *, sides: int = 1, rate: int = RATE) -> bytes:
    """The same tone in another kind of file."""
    written = io.BytesIO()
    layout = "stereo" if sides == 2 else "mono"
    with av.open(written, "w", format=kind) as container:
        stream = cast(Any, container.add_stream(codec, rate=rate))
        stream.layout = layout
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=rate,
            frame_size=stream.codec_context.frame_size or 0,
        )
        frame = av.AudioFrame(format="s16", layout=layout, samples=int(seconds * RATE))
        frame.planes[0].update(tone(seconds, (10_000,) * sides).tobytes())
        frame.sample_rate = RATE
        for each in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(each))
        container.mux(stream.encode(None))
    return written.getvalue()
