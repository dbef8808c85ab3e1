"""A relay's daily companion in a process of its own, which stops after some commits and waits to be killed.

The argument says after how many of the dispatcher's commits; the environment has the settings.
"""

import sys
import time
from threading import Event

from sqlalchemy import event
from sqlalchemy.orm import Session

from provisioning.application import compose
from provisioning.delivery.daily import DailyCompanion
from provisioning.settings import read_settings


def main() -> None:
    settings = read_settings()
    assert settings.daily_time is not None
    commits = iter(range(int(sys.argv[1])))

    def stop(_: Session) -> None:
        if next(commits, None) is None:
            print("here", flush=True)  # noqa: T201 - the test listens
            time.sleep(120)

    event.listen(Session, "after_commit", stop)
    DailyCompanion(compose(settings), settings.daily_time).turn(Event())
    raise SystemExit("was not killed")


if __name__ == "__main__":
    main()
