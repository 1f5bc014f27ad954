from collections.abc import AsyncIterator

import pytest

from tests.cast import Cast
from tests.live.browser import House, housed
from trubka.api.asked import Site


@pytest.fixture
async def house(site: Site, cast: Cast) -> AsyncIterator[House]:
    async with housed(site, cast) as opened:
        yield opened
