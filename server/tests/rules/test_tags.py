"""The colours of tags."""

import pytest

from trubka.rules.tags import color_of


@pytest.mark.parametrize(
    ("given", "color"),
    [("FF8F92", "FF8F92"), ("#ff8f92", "FF8F92"), (" 247ba0 ", "247BA0"), ("123456", None), ("", None), (None, None)],
)
def test_only_colours_of_the_list(given: str | None, color: str | None):
    assert color_of(given) == color
