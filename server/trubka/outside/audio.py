"""What a file that was sent as a recording really is: its kind, its length and its loudness by decoding, and peaks for
a waveform.

Decoders read bytes of strangers, so they run in a process of their own (`python -m trubka.outside.audio FILE`) with
limits of time and memory: a file that kills a decoder does not kill the worker. The kind is told by the first bytes and
by nothing else, and only these few kinds are opened: a playlist would make the library fetch what it names.
"""

from __future__ import annotations

import asyncio
import os
import resource
import struct
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from trubka.rules.recordings import Audio, Wrong

PEAKS = 800  # for each side
WINDOW = 160  # samples, 20 ms at RATE
RATE = 8_000
MOST_SECONDS = 12 * 3_600
DECODE_SECONDS = 240
CPU_SECONDS = 180
MEMORY_BYTES = 2_000_000_000
HEAD_BYTES = 512
LONGEST_ANSWER = 65_536
NICENESS = 10
MADE_BITS = 24_000  # a second
STREAMED = 0x7FFF_0000  # a WAV header that gives at least this length was written before the length was known


class Kind(NamedTuple):
    media: str
    suffix: str
    format: str  # as the library calls it


def kind_of(head: bytes) -> Kind | None:
    """What the first bytes say."""
    match head[:4]:
        case b"RIFF" | b"RF64" if head[8:12] == b"WAVE":
            return Kind("audio/wav", "wav", "wav")
        case b"OggS":
            return Kind("audio/ogg", "ogg", "ogg")
        case b"fLaC":
            return Kind("audio/flac", "flac", "flac")
        case b"#!AM":
            return Kind("audio/amr", "amr", "amr")
        case b"\x1a\x45\xdf\xa3":
            return Kind("audio/webm", "webm", "matroska")
        case _:
            pass
    if head[4:8] == b"ftyp":
        return Kind("audio/mp4", "m4a", "mp4")
    if head[:2] in (b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9"):
        return Kind("audio/aac", "aac", "aac")
    head = head.lstrip(b"\0")  # some recorders begin with zeros
    return Kind("audio/mpeg", "mp3", "mp3") if head[:3] == b"ID3" or is_frame(head) else None


def is_frame(head: bytes) -> bool:
    """Of MPEG audio: a sync word with a layer and a bit rate."""
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0 and head[2] >> 4 < 15


async def listened(path: Path) -> Audio | Wrong:
    """What the file is. It never raises for what is in the file."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "trubka.outside.audio",
        str(path),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(DECODE_SECONDS):
            told, _ = await process.communicate()
    except TimeoutError:
        return Wrong("unreadable", f"decoding took more than {DECODE_SECONDS} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        return Wrong("unreadable", f"the decoder ended with {process.returncode}")
    return msgspec.json.decode(told, type=Told).what


class Told(msgspec.Struct):
    audio: Audio | None = None
    wrong: Wrong | None = None

    @property
    def what(self) -> Audio | Wrong:
        found = self.audio or self.wrong
        assert found is not None
        return found


def as_mp3(samples: bytes, path: Path) -> None:
    """Our own sound into a file: samples of 16 bits for two sides in turn, RATE a second."""
    import av  # here alone: it takes a while

    with av.open(path, "w", format="mp3") as container:
        stream: Any = container.add_stream("mp3", rate=RATE)
        stream.layout = "stereo"
        stream.bit_rate = MADE_BITS
        resampler: Any = av.AudioResampler(
            format=stream.codec_context.format,
            layout="stereo",
            rate=RATE,
            frame_size=stream.codec_context.frame_size or 0,
        )
        frame: Any = av.AudioFrame(format="s16", layout="stereo", samples=len(samples) // 4)
        frame.planes[0].update(samples)
        frame.sample_rate = RATE
        for each in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(each))
        container.mux(stream.encode(None))


# In the process of its own.


def main() -> None:
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    found = judged(Path(sys.argv[1]))
    told = Told(audio=found) if isinstance(found, Audio) else Told(wrong=found)
    sys.stdout.buffer.write(msgspec.json.encode(told))


def judged(path: Path) -> Audio | Wrong:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\0"):
        return Wrong("nothing")
    kind = kind_of(head)
    if kind is None:
        text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        return Wrong("html") if text in (b"<", b"{", b"[") else Wrong("unknown")
    cut = False
    if kind.format == "wav":
        promised, there = wav_lengths(path, size)
        if there == 0:
            return Wrong("nothing")
        cut = promised > there
    return decoded(path, kind, cut)


def wav_lengths(path: Path, size: int) -> tuple[int, int]:
    """How many bytes of sound the header promises, and how many there are. None promised: it was written as it came."""
    with path.open("rb") as file:
        at = 12
        while at + 8 <= size:
            file.seek(at)
            name, length = struct.unpack("<4sI", file.read(8))
            if name == b"data":
                return (0 if length >= STREAMED else length), size - at - 8
            at += 8 + length + length % 2
    return 0, 0


def decoded(path: Path, kind: Kind, cut: bool) -> Audio | Wrong:
    import av  # here alone: it takes a while, and the worker itself never needs it
    from av.error import FFmpegError

    sides: list[Side] = []
    seconds = 0.0
    trouble = ""
    try:
        # A file object: the library opens nothing by itself.
        with path.open("rb") as file, av.open(file, "r", format=kind.format) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None:
                return Wrong("unreadable", "there is no sound in it")
            stream.codec_context.thread_count = 1
            resampler: Any = None
            for packet in container.demux(stream):
                try:
                    frames = list(packet.decode())
                except FFmpegError as error:
                    trouble = type(error).__name__
                    continue  # a bad piece; what follows may be good
                for frame in frames:
                    seconds += frame.samples / frame.sample_rate
                    if resampler is None:
                        layout = "stereo" if frame.layout.nb_channels > 1 else "mono"
                        resampler = av.AudioResampler(format="s16p", layout=layout, rate=RATE)
                        sides = [Side() for _ in range(2 if layout == "stereo" else 1)]
                    measure(resampler.resample(frame), sides)
                if seconds > MOST_SECONDS:
                    return Wrong("large", f"more than {MOST_SECONDS // 3_600} h")
            if resampler is not None:
                measure(resampler.resample(None), sides)
    except (FFmpegError, ValueError, OSError) as error:
        if seconds == 0:
            return Wrong("unreadable", type(error).__name__)
        cut = True
    if seconds == 0 and trouble:
        return Wrong("unreadable", trouble)
    for side in sides:
        side.end()
    loudest = max((max(side.windows, default=0) for side in sides), default=0)
    shown = bytes([len(sides)]) + b"".join(folded(side.windows) for side in sides)
    return Audio(kind.media, kind.suffix, round(seconds, 3), loudest / 32_768, cut, shown)


class Side:
    """One side of a talk: the loudest sample of each window."""

    def __init__(self) -> None:
        self.windows: list[int] = []
        self._rest = b""

    def hear(self, samples: bytes) -> None:
        whole = self._rest + samples
        usable = len(whole) - len(whole) % (WINDOW * 2)
        view = memoryview(whole)[:usable].cast("h")
        for at in range(0, len(view), WINDOW):
            window = view[at : at + WINDOW]
            self.windows.append(max(max(window), -min(window)))
        self._rest = whole[usable:]

    def end(self) -> None:
        if self._rest:
            view = memoryview(self._rest).cast("h")
            self.windows.append(max(max(view), -min(view)))
            self._rest = b""


def measure(frames: Sequence[Any], sides: list[Side]) -> None:
    for frame in frames:
        for side, plane in zip(sides, frame.planes, strict=True):
            side.hear(bytes(plane)[: frame.samples * 2])


def folded(windows: Sequence[int]) -> bytes:
    """As many peaks as a waveform has, each from 0 to 255."""
    count = min(PEAKS, len(windows))
    edges = [len(windows) * place // count for place in range(count + 1)] if count else []
    return bytes(min(255, max(windows[low:high]) >> 7) for low, high in pairwise(edges))


if __name__ == "__main__":
    main()
