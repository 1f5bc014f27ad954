"""The stories, by what they are about; importing this brings them all."""

from . import direct, gaps, menus, ours, queues, transfers

__all__ = ["direct", "gaps", "menus", "ours", "queues", "transfers"]
