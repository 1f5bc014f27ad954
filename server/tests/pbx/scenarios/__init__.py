"""The stories, by what they are about; importing this brings them all."""

from . import direct, ours

__all__ = ["direct", "ours"]
