"""What is in a file is told by decoding it; nothing in a file can hurt who asks."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests import sounds
from trubka.outside import audio
from trubka.rules.recordings import Audio, Wrong

KINDS = {
    "wav": sounds.wav,
    "A-law": lambda: sounds.encoded("wav", "pcm_alaw"),
    "ADPCM": lambda: sounds.encoded("wav", "adpcm_ms"),
    "mp3": lambda: sounds.encoded("mp3", "libmp3lame"),
    "mp3 of two sides": lambda: sounds.encoded("mp3", "libmp3lame", sides=2),
    "mp3 after zeros": lambda: bytes(64) + sounds.encoded("mp3", "libmp3lame"),
    "opus": lambda: sounds.encoded("ogg", "libopus", rate=48_000),
    "flac": lambda: sounds.encoded("flac", "flac"),
    "m4a": lambda: sounds.encoded("mp4", "aac", rate=16_000),
    "aac": lambda: sounds.encoded("adts", "aac", rate=16_000),
    "webm": lambda: sounds.encoded("webm", "libopus", rate=48_000),
    "amr": lambda: sounds.encoded("amr", "libopencore_amrnb"),
    "wav written as it came": lambda: sounds.streamed(sounds.wav()),
}
MEDIA = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "webm": "audio/webm",
    "amr": "audio/amr",
}
PLAYLISTS = {
    "HLS": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "SDP": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
}


def judged(tmp_path: Path, content: bytes) -> Audio | Wrong:
    file = tmp_path / "file"
    file.write_bytes(content)
    return audio.judged(file)


@pytest.mark.parametrize("kind", KINDS)
def test_the_length_and_loudness_of_every_kind(tmp_path: Path, kind: str) -> None:
    found = judged(tmp_path, KINDS[kind]())
    assert isinstance(found, Audio), found
    # After zeros the frame that tells of the encoder's padding is not looked for: three frames of 72 ms are sound then.
    assert found.seconds == pytest.approx(2, abs=3 * 0.072 if kind == "mp3 after zeros" else 0.15)
    assert found.loudest == pytest.approx(0.3, abs=0.06)
    assert not found.cut
    assert found.media == MEDIA.get(kind.split()[0], "audio/wav")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "nothing"),
        (bytes(5_000), "nothing"),
        (sounds.header(), "nothing"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>Please sign in", "html"),
        (b'{"error": "not found"}', "html"),
        (b"Not a recording at all, yet long enough to be one.", "unknown"),
        (b"ID3" + bytes(400), "unreadable"),
        (b"OggS" + bytes(400), "unreadable"),
        (
            b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + bytes(16) + b"data\xff\x00\x00\x00" + bytes(255),
            "unreadable",
        ),
        *((content, "unknown") for content in PLAYLISTS.values()),
    ],
)
def test_what_is_no_recording(tmp_path: Path, content: bytes, code: str) -> None:
    found = judged(tmp_path, content)
    assert isinstance(found, Wrong)
    assert found.code == code


@pytest.mark.parametrize("playlist", PLAYLISTS.values(), ids=PLAYLISTS)
def test_a_playlist_in_a_good_shell_opens_nothing(tmp_path: Path, playlist: bytes) -> None:
    found = judged(tmp_path, b"ID3\x04\x00\x00\x00\x00\x00\x00" + playlist + bytes(400))
    assert isinstance(found, Wrong)


def test_silence_is_told_by_its_loudness(tmp_path: Path) -> None:
    found = judged(tmp_path, sounds.wav(left=0))
    assert isinstance(found, Audio)
    assert found.loudest == 0


def test_a_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    found = judged(tmp_path, sounds.wav(4)[:20_000])
    assert isinstance(found, Audio)
    assert found.cut
    assert found.seconds == pytest.approx(1.25, abs=0.01)


def test_chunks_before_the_sound_are_passed_over(tmp_path: Path) -> None:
    whole = sounds.wav()
    listed = b"LIST" + struct.pack("<I", 6) + b"INFOxx"
    found = judged(tmp_path, whole[:36] + listed + whole[36:])
    assert isinstance(found, Audio)
    assert not found.cut


def test_each_side_has_its_own_peaks(tmp_path: Path) -> None:
    found = judged(tmp_path, sounds.wav(20, left=20_000, right=2_000))
    assert isinstance(found, Audio)
    sides, peaks = found.peaks[0], found.peaks[1:]
    assert (sides, len(peaks)) == (2, 2 * audio.PEAKS)
    left, right = peaks[: audio.PEAKS], peaks[audio.PEAKS :]
    assert min(left[1:-1]) > 140
    assert max(right) < 25
    assert min(right[1:-1]) > 10


async def test_it_is_judged_in_a_process_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(sounds.wav())
    found = await audio.listened(file)
    assert isinstance(found, Audio)
    assert found.seconds == pytest.approx(2)
    assert "av" not in audio.__dict__


async def test_a_decoder_that_dies_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await audio.listened(tmp_path / "not there") == Wrong("unreadable", "the decoder ended with 1")
    file = tmp_path / "file"
    file.write_bytes(sounds.wav())
    monkeypatch.setattr(audio, "DECODE_SECONDS", 0.01)
    found = await audio.listened(file)
    assert isinstance(found, Wrong)
    assert "took more than" in found.detail
