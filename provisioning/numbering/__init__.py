"""Spaces of numbers in companies: user numbers and extensions, handed out without race or scan. The door."""

from provisioning.numbering.model import NumberKind
from provisioning.numbering.space import Space, draw_space, find_space, remove_space

__all__ = ["NumberKind", "Space", "draw_space", "find_space", "remove_space"]
