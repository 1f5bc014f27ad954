"""The PBXes that are spoken with. Each kind is a folder here; a new one is a line here."""

KINDS = frozenset({"asterisk", "http"})  # http: any PBX that sends our signals to /pbx/events
