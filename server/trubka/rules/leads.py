"""Where a lead stands: its pipeline and status, whether it is active, when it was closed and why it was lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trubka.errors import Flaw

WON, LOST = 142, 143  # the same numbers in every pipeline
UNSORTED = 1  # the type of a status
NAMES = {"ru": "Сделка #{}", "en": "Lead #{}"}


class Place(msgspec.Struct, frozen=True):
    """A status of a pipeline."""

    pipeline_id: int
    status_id: int
    type: int = 0

    @property
    def is_closed(self) -> bool:
        return self.status_id in (WON, LOST)

    @property
    def is_active(self) -> bool:
        """What the rule of calls counts."""
        return not self.is_closed and self.type != UNSORTED


def place(
    places: Sequence[Place], old: tuple[int, int] | None, pipeline_id: int | None, status_id: int | None
) -> Place | Flaw:
    """Where a new lead (`old` is None) or a changed one stands.

    The places come in their order, the main pipeline first. A status alone names its pipeline, but for won and lost,
    which are in every one; a pipeline alone means its first step of work. Nothing is moved back to the unsorted.
    """
    if not places:
        return wrong("pipeline_id")
    if pipeline_id is None and (status_id is None or status_id in (WON, LOST)):
        pipeline_id = old[0] if old else places[0].pipeline_id
    there = [each for each in places if pipeline_id is None or each.pipeline_id == pipeline_id]
    if not there:
        return wrong("pipeline_id")
    if status_id is None:
        found = next((each for each in there if old == (each.pipeline_id, each.status_id)), None) or first(there)
    else:
        found = next((each for each in there if each.status_id == status_id), None)
    if found is None:
        return wrong("status_id")
    if found.type == UNSORTED and old is not None and old != (found.pipeline_id, found.status_id):
        return Flaw("InvalidValue", "status_id", "A lead cannot be moved back to the unsorted.")
    return found


def first(there: Iterable[Place]) -> Place | None:
    return next((each for each in there if each.is_active), None)


def wrong(path: str) -> Flaw:
    return Flaw("NotSupportedChoice", path, "The value you selected is not a valid choice.")


def closed_at(found: Place, was_closed: bool, old: int | None, given: int | None, now: int) -> int | None:
    """Won and lost leads have their moment; one that is opened again has none."""
    if not found.is_closed:
        return None
    if given is not None:
        return given
    return old if was_closed and old is not None else now


def loss_reason(found: Place, old: int | None, given: int | None) -> int | None:
    """Only a lost lead has a reason; 0 takes it away."""
    if found.status_id != LOST:
        return None
    return old if given is None else given or None


def default_name(language: str, lead_id: int) -> str:
    return NAMES["ru" if language == "ru" else "en"].format(lead_id)
