"""Logs: for people on a terminal, one JSON object a line elsewhere. Secrets never come here: paths without queries."""

import logging
import sys

import structlog


def begin(level: str) -> None:
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    terminal = sys.stderr.isatty()
    plain = structlog.dev.plain_traceback  # others print local variables, and secrets with them
    console = structlog.dev.ConsoleRenderer(exception_formatter=plain)
    shown = console if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *([] if terminal else [structlog.processors.format_exc_info]),
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), format="%(levelname)s %(name)s: %(message)s")
