"""Relays as processes of their own: mails as files, and relays killed at random before a mail server."""

import dataclasses
import time
from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from provisioning.settings import PREFIX, Settings
from tests.delivery.mail.post_office import PostOffice
from tests.delivery.mail.sink import running_sink
from tests.delivery.site import Site
from tests.delivery.test_killed_relays import killing, relays
from tests.house import House

PUBLIC_URL = "https://phones.example.com"


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(f"{PREFIX}PUBLIC_URL", PUBLIC_URL)
    return dataclasses.replace(settings, public_url=PUBLIC_URL)


def test_without_a_mail_server_mails_are_files(house: House, settings: Settings, tmp_path: Path) -> None:
    office = PostOffice(house)
    office.create_user()
    with relays(settings, 1):
        Site.wait_for(lambda: not office.outbox())
    (file,) = (tmp_path / "mail").iterdir()
    (delivery,) = office.deliveries()
    assert file.name == f"{delivery.id}@phones.example.com.eml"
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "Zoë Lee 0 <zoe0@lee.example.com>"
    assert message["From"] == "no-reply@phones.example.com"
    assert delivery.sent_at is not None


def test_whoever_is_killed_each_letter_arrives_and_a_repeat_is_the_same(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = PostOffice(house)
    with running_sink() as sink:
        monkeypatch.setenv(f"{PREFIX}SMTP_URL", f"smtp://localhost:{sink.port}?tls=no")
        with relays(settings, 2) as running:
            with killing(running, settings) as killed:
                until = time.monotonic() + 6
                while time.monotonic() < until:
                    office.create_user()
                    time.sleep(0.02)
            Site.wait_for(lambda: not office.outbox(), 60)
    deliveries = office.deliveries()
    assert len(killed) > 2
    assert len(deliveries) > 20
    assert {each.message_id for each in sink.received} == office.sent()
    assert len(office.sent()) == len(deliveries)
    written = {each.message_id: each.content for each in sink.received}
    repeats = Counter(each.message_id for each in sink.received)
    assert all(each.content == written[each.message_id] for each in sink.received), repeats.most_common(3)
