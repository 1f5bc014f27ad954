"""Is the server well: for supervisors and load balancers."""

from trubka.api.asked import JSON, Answer, Asked
from trubka.api.routes import Routes
from trubka.db import schema

routes = Routes()


@routes.on("GET", "/healthz", auth="open", hidden=True)
async def healthz(asked: Asked) -> Answer:
    """200 when the database answers, else 503."""
    await schema.version(asked.db)
    return Answer({"well": True}, media=JSON)
