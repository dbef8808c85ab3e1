"""Logs: one JSON object a line on standard error, from our own loggers and from those of the libraries."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"secret|passw|pin\b|token|authorization|credential|cookie", re.IGNORECASE)


def configure_logs(level: str) -> None:
    """Send every logger of this process to standard error, from a level on: debug, info, warning or error.

    Of libraries only warnings: what they tell besides is for their own makers. Loggers are not cached: one
    that has spoken before the next call would go on speaking to where the first one sent it.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.processors.JSONRenderer(default=str)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def _hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Nobody logs a secret on purpose; a name that sounds like one never shows its value."""
    for name in event:
        if _SECRET.search(name):
            event[name] = "[hidden]"
    return event
