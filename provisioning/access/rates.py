"""How many requests a client makes in a minute."""

import math
import time

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from provisioning.access.refusals import RateLimited
from provisioning.settings import PREFIX, WrongSetting

log = structlog.get_logger("provisioning")


class RequestRates:
    """Counts where the settings say: in this process, or in a store that all processes share."""

    def __init__(self, storage: str) -> None:
        try:
            store = storage_from_string(storage, wrap_exceptions=True)
        except ConfigurationError as error:
            raise WrongSetting(f"{PREFIX}RATE_STORAGE: {error}") from None
        if not isinstance(store, Storage):
            raise WrongSetting(f"{PREFIX}RATE_STORAGE must not be an async one.")
        self._limiter = MovingWindowRateLimiter(store)

    def count(self, client_id: str, per_minute: int) -> None:
        """One more request; refused when the last minute had its number already."""
        most = RateLimitItemPerMinute(per_minute)
        try:
            if self._limiter.hit(most, client_id):
                return
            free_at = self._limiter.get_window_stats(most, client_id).reset_time
        except StorageError:
            log.warning("request rates are not counted: their storage does not answer")
            return
        raise RateLimited(retry_after=max(1, math.ceil(free_at - time.time())))
