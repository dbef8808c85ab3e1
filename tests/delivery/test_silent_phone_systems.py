"""A phone system's database that neither answers nor hangs up: a host that is frozen, a line that is dead."""

import pytest
from sqlalchemy import make_url

from provisioning.delivery.connectors import phone_database
from tests.delivery.phone_databases import postgres_phone_database
from tests.delivery.silence import way_to
from tests.delivery.site import Site


def test_a_phone_system_that_falls_silent_keeps_nobody_else_waiting(
    site: Site, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_database, "_SILENCE", 1)
    monkeypatch.setattr(phone_database, "_CONNECT_WAIT", 2)
    with postgres_phone_database("recording", postgres_server) as real:
        url = make_url(real)
        with way_to(url.host or "", url.port or 0) as way:
            url = url.set(host="127.0.0.1", port=way.port)
            site.add_phone_system("others", url=url.render_as_string(hide_password=False))
            with site.relaying(site.relay(threads=2)):
                site.create_user()
                site.wait_for(lambda: not site.waiting())
                way.silent.set()
                users = {site.create_user() for _ in range(20)}
                site.wait_for(lambda: site.recorded("user").keys() >= users)
                others = site.system("others").id
                site.wait_for(lambda: {row.target_id for row in site.outbox()} == {others})
                way.silent.clear()
                site.wait_for(lambda: not site.waiting())
    assert not site.outbox()
