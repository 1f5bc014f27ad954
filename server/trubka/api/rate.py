"""The rate limit of a token: a bucket that fills steadily and holds one second's worth of requests."""

from __future__ import annotations

from collections import OrderedDict

from trubka.errors import TooMany

MOST_BUCKETS = 10_000


class Rates:
    """One bucket for each token, in this process."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float) -> None:
        """One request; refused when the bucket is empty. `now` is any clock that only goes forward."""
        if self.per_second <= 0:
            return
        left, at = self._buckets.get(key, (float(self.per_second), now))
        left = min(float(self.per_second), left + (now - at) * self.per_second)
        self._buckets[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooMany(f"No more than {self.per_second} requests a second are accepted with one token.")
