"""Fixtures of the webhook tests: real receivers with certificates that the service is told to trust."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from provisioning.delivery.retry import Retry
from provisioning.delivery.webhooks import Pump
from provisioning.settings import Settings
from tests.delivery.webhooks.certificates import Certificates, make_certificates
from tests.delivery.webhooks.inbox import Answer, Inbox, receiving, taken
from tests.house import House

SOON = Retry(first=0.05, longest=0.2)

MakeInbox = Callable[..., Inbox]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"), "localhost", "hooks.example.com")


@pytest.fixture
def settings(settings: Settings, certificates: Certificates) -> Settings:
    """No development here: https only, and this machine by an explicit leave."""
    return dataclasses.replace(
        settings,
        plain_loopback=False,
        webhook_networks=("127.0.0.0/8",),
        webhook_ca_file=str(certificates.authority),
    )


@pytest.fixture
def make_inbox(certificates: Certificates) -> Iterator[MakeInbox]:
    with ExitStack() as stack:

        def make(answer: Answer = taken, certificate: Path | None = certificates.server) -> Inbox:
            return stack.enter_context(receiving(certificate, answer))

        yield make


@pytest.fixture
def inbox(make_inbox: MakeInbox) -> Inbox:
    return make_inbox()


def pump_of(house: House, **more: Any) -> Pump:
    return Pump(house.application, **{"retry": SOON, **more})
