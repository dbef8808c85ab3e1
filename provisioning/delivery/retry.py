"""When to try again."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Waits that grow, scattered so that what failed together does not come back together. In seconds."""

    first: float = 0.2
    factor: float = 2.0
    longest: float = 60.0
    jitter: float = 0.2
    tries: int = 8

    def wait(self, attempt: int, chance: float) -> timedelta:
        """How long to wait after the so-manieth attempt has failed; ``chance`` from 0 to 1 scatters it."""
        exponent = min(attempt - 1, 64)  # beyond, the longest wait was reached long ago
        plain = min(self.first * self.factor**exponent, self.longest)
        return timedelta(seconds=plain * (1 + self.jitter * (2 * chance - 1)))
