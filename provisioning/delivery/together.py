"""Several users' states for one phone system in one step: one transaction costs it little more than another."""

from collections.abc import Sequence
from threading import Lock

from provisioning.delivery.connectors.base import Connector, Unavailable
from provisioning.kernel.phone_state import PhoneState


class Together:
    """States that were read at one moment. Whose job runs first applies all of them, and the others find it done."""

    def __init__(self, states: Sequence[PhoneState]) -> None:
        self._states = states
        self._turn = Lock()
        self._applied: bool | None = None
        self._unavailable: Unavailable | None = None

    def applied(self, connector: Connector) -> bool:
        """Whether all are applied. When something speaks against one of them none is: then each goes by itself."""
        with self._turn:
            if self._unavailable is not None:
                raise self._unavailable
            if self._applied is None:
                self._applied = self._apply(connector)
            return self._applied

    def _apply(self, connector: Connector) -> bool:
        if len(self._states) == 1:
            return False
        try:
            connector.apply(*self._states)
        except Unavailable as error:
            self._unavailable = error
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the job whose state it is meets it again
            return False
        return True
