"""Every endpoint there is. A new module of endpoints is a line here."""

from trubka.api import (
    desk,
    desk_board,
    desk_calls,
    desk_cards,
    desk_company,
    desk_home,
    desk_integrations,
    desk_people,
    desk_results,
    desk_routing,
    desk_table,
    desk_tasks,
    desk_timeline,
    desk_unsorted,
    health,
    live,
    oauth,
    pbx,
    recordings,
    routing,
)
from trubka.api.routes import Endpoint
from trubka.api.v2 import account as account_v2
from trubka.api.v2 import calls as calls_v2
from trubka.api.v2 import events as events_v2
from trubka.api.v2 import private
from trubka.api.v2 import unsorted as unsorted_v2
from trubka.api.v4 import (
    account,
    calls,
    companies,
    contacts,
    custom_fields,
    customers,
    events,
    leads,
    links,
    notes,
    pipelines,
    tags,
    tasks,
    unsorted,
    users,
    webhooks,
    whole,
)

MODULES = (
    health,
    account,
    users,
    contacts,
    companies,
    leads,
    whole,
    customers,
    pipelines,
    custom_fields,
    tags,
    links,
    notes,
    tasks,
    events,
    calls,
    unsorted,
    account_v2,
    calls_v2,
    events_v2,
    unsorted_v2,
    private,
    webhooks,
    desk,
    desk_people,
    desk_company,
    desk_calls,
    desk_results,
    desk_integrations,
    desk_routing,
    desk_unsorted,
    desk_cards,
    desk_timeline,
    desk_tasks,
    desk_table,
    desk_board,
    routing,
    pbx,
    oauth,
    desk_home,
    live,
    recordings,
)


def all_endpoints() -> list[Endpoint]:
    return [endpoint for module in MODULES for endpoint in module.routes]
