"""Real relays in processes of their own: what the daily run decides reaches mailbox and phone system, once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from provisioning.settings import Settings
from tests.days import go_to, in_days
from tests.delivery.site import Site
from tests.delivery.test_killed_relays import relays
from tests.house import House


def open_services(site: Site) -> Callable[[], dict[str, bool]]:
    """Of each user whether its service is open, as the phone system was told."""
    engine = create_engine(f"sqlite:///{site.path()}")

    def look() -> dict[str, bool]:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT user_id, detail FROM recorded WHERE kind = 'user'")).all()
        engine.dispose()
        return {row.user_id: json.loads(row.detail)["open"] for row in rows}

    return look


def test_two_relays_write_one_letter_and_close_the_service(
    house: House, tmp_path: Path, settings: Settings
) -> None:
    site = Site(house, tmp_path)
    go_to(house, datetime.now(UTC) - timedelta(days=5))
    warned = site.create_user(expiresOn=in_days(house, 8))
    over = site.create_user(expiresOn=in_days(house, 3))
    site.deliver()
    told = open_services(site)
    assert told() == {warned: True, over: True}
    go_to(house, datetime.now(UTC))
    mails = tmp_path / "mail"
    with relays(settings, 2):
        site.wait_for(lambda: told() == {warned: True, over: False}, 60)
        site.wait_for(lambda: any(mails.rglob("*.eml")), 60)
    (letter,) = mails.rglob("*.eml")
    assert "ends on" in letter.read_text("utf-8")
    assert site.call("GetUser", over)["state"] == "EXPIRED"
