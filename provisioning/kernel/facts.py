"""Facts: what happened, in the past tense. A room records them; audit, change feed and outbox are written from them."""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(kw_only=True)
class Fact:
    """One change of one object. The class's name is the kind that the change feed shows.

    ``detail`` is shown to callers and kept: no secret belongs in it. ``concerns`` names the users whose
    state has to be sent to the phone systems. ``letters`` are e-mails to send once the change is kept.
    """

    object_type: ClassVar[str]

    object_id: str
    provider_id: str
    company_id: str | None = None
    concerns: tuple[str, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)
    letters: tuple["Letter", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An e-mail to write after the commit: to whom, of which kind. Its text is made when it is sent."""

    user_id: str
    kind: str
    detail: dict[str, Any] = field(default_factory=dict)
