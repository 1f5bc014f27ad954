"""The rate limit, with a clock of our own."""

import pytest

from trubka.api.rate import Rates
from trubka.errors import TooMany


def test_a_second_holds_so_many_requests():
    rates = Rates(3)
    for _ in range(3):
        rates.take("a", 100.0)
    with pytest.raises(TooMany):
        rates.take("a", 100.0)
    rates.take("b", 100.0)
    rates.take("a", 100.34)
    with pytest.raises(TooMany):
        rates.take("a", 100.35)


def test_a_steady_stream_at_the_limit_is_never_refused():
    rates = Rates(7)
    for number in range(1_000):
        rates.take("a", number / 7)


def test_zero_is_no_limit():
    for _ in range(1_000):
        Rates(0).take("a", 0.0)
