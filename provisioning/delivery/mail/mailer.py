"""What takes mails."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail ready to go to one recipient. ``utf8`` when its recipient cannot be said in ASCII."""

    message_id: str
    sender: str
    recipient: str
    content: bytes
    utf8: bool


class Unusable(Exception):
    """Nothing can be mailed at present, whichever letter it is. The text says why, without any secret."""


class Mailer(Protocol):
    """Takes mails for good.

    ``send`` raises Rejected or Undelivered for what is wrong with this mail, Unusable for what would be wrong
    with any other as well. ``until``, a moment of time.monotonic(), is when it has to have answered.
    """

    def send(self, mail: Mail, until: float) -> None: ...

    def close_idle(self) -> None:
        """Let go of what has not been used for a while."""

    def close(self) -> None:
        """Let go of everything that is open."""
