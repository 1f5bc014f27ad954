"""What two people sound like who say nothing: the recordings of the demo company. Syllables are made once and strung
together, each speaker on a side of their own, now one and now the other."""

from __future__ import annotations

import array
import math
from random import Random

RATE = 8_000
SYLLABLES = 18  # different ones of a voice
PITCHES = (118, 196)  # Hz
LOUD = 26_000
TURN_SECONDS = (1.2, 5.5)  # until the other one speaks


def talk(seconds: int, seed: int) -> bytes:
    """Samples of 16 bits, left and right in turn."""
    chance = Random(seed)  # noqa: S311 nothing secret comes of it
    voices = [[syllable(pitch, chance) for _ in range(SYLLABLES)] for pitch in PITCHES]
    length = seconds * RATE
    sides = [array.array("h", bytes(2 * length)) for _ in voices]
    at, who = RATE // 2, 0
    while at < length:
        until = min(length, at + int(chance.uniform(*TURN_SECONDS) * RATE))
        while at < until:
            said = chance.choice(voices[who])[: until - at]
            sides[who][at : at + len(said)] = said
            at += len(said) + int(RATE * (0.28 if chance.random() < 0.15 else 0.03))
        at += int(RATE * chance.uniform(0.05, 0.6))
        who = 1 - who
    both = array.array("h", bytes(4 * length))
    both[0::2], both[1::2] = sides
    return both.tobytes()


def syllable(pitch: float, chance: Random) -> array.array[int]:
    """A vowel between two breaths: a few harmonics that glide and swell."""
    count = int(RATE * chance.uniform(0.09, 0.22))
    parts = [(number, chance.uniform(0.15, 1) / number) for number in (1, 2, 3, 5)]
    whole = sum(share for _, share in parts)
    loud = LOUD * chance.uniform(0.45, 1) / whole
    low, high = sorted(pitch * chance.uniform(0.85, 1.2) for _ in range(2))
    found = array.array("h")
    angle = 0.0
    for place in range(count):
        angle += 2 * math.pi * (low + (high - low) * place / count) / RATE
        swell = math.sin(math.pi * place / count) ** 0.7
        found.append(int(loud * swell * sum(share * math.sin(angle * number) for number, share in parts)))
    return found
