"""Virtual extensions of PRIVATE companies. The door."""

from provisioning.extensions.model import LOST_RACES, ExtensionAssigned, ExtensionUnassigned
from provisioning.extensions.operations import OPERATIONS
from provisioning.extensions.reactions import (
    count,
    draw_range,
    forget,
    free,
    give_back,
    give_wished,
    redraw_range,
    remove_range,
)

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "ExtensionAssigned",
    "ExtensionUnassigned",
    "count",
    "draw_range",
    "forget",
    "free",
    "give_back",
    "give_wished",
    "redraw_range",
    "remove_range",
]
