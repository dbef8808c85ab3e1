"""What a connector to a phone system is, and how it fails."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from provisioning.delivery.channels import Undelivered
from provisioning.kernel.phone_state import PhoneState
from provisioning.reconciliations import Difference


class PhoneSystemError(Undelivered):
    """Something between us and a phone system. The text is shown to operators; no secret is in it."""


class Unavailable(PhoneSystemError):
    """The phone system does not answer, or not as it should: the same again later."""


class Stale(PhoneSystemError):
    """The phone system knows a newer state of this user."""


class Taken(PhoneSystemError):
    """Something in the state, a number for instance, is another user's in the phone system."""

    def __init__(self, what: str, holder_id: str) -> None:
        super().__init__(f"{what} is user {holder_id}'s")
        self.holder_id = holder_id


class NotOurs(PhoneSystemError):
    """Where the state has to go there is something that we have not put there."""


class NotAccepted(PhoneSystemError):
    """The phone system cannot hold this state at all."""


class Connector(Protocol):
    """Makes one phone system agree with the states it is given.

    Applying a state again changes nothing, and of two states the one with the greater version wins,
    whichever comes first. What is not ours is never changed.
    """

    def check(self) -> None:
        """Raise Unavailable unless the phone system answers and has what is needed."""

    def prepare(self) -> None:
        """Make in the phone system's database what we need there for ourselves."""

    def apply(self, *states: PhoneState) -> None:
        """Bring the phone system to these users' states, all at once or not at all."""

    def differences(self, states: Mapping[str, PhoneState]) -> Iterator[Difference]:
        """What is not as these states say."""

    def known_users(self, after: str, most: int) -> Collection[str]:
        """Users of whom the phone system has something of ours, in order, beginning behind one."""

    def close(self) -> None:
        """Let go of connections."""
