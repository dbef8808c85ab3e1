"""The same Kamailio looked at by somebody else's SIP client: sipp registers a phone, answers, and calls as a trunk."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.delivery.live.exchange import Exchange
from tests.delivery.live.kamailio import Kamailio
from tests.delivery.live.sip import sip_port

SCENARIOS = Path(__file__).with_name("sipp")
USUAL = ("-i", "127.0.0.1", "-nostdin", "-timeout", "10", "-default_behaviors", "abortunexp,pingreply")


def command(*arguments: str) -> list[str]:
    program = shutil.which("sipp")
    if program is None:
        missing("sipp")
    assert program is not None
    return [program, *arguments, *USUAL]


def succeeds(folder: Path, *arguments: str) -> bool:
    """Whether a scenario went as it says, once."""
    ran = subprocess.run(command(*arguments, "-m", "1"), cwd=folder, capture_output=True, check=False)
    return ran.returncode == 0


def registers(folder: Path, kamailio: Kamailio, name: str, secret: str, port: int) -> bool:
    host, proxy_port = kamailio.proxy
    keys = {"name": name, "domain": kamailio.arrangement.domain, "contact": str(port)}
    arguments = [part for key, value in keys.items() for part in ("-key", key, value)]
    credentials = ("-au", name, "-ap", secret, "-p", str(sip_port()))
    return succeeds(
        folder, f"{host}:{proxy_port}", "-sf", str(SCENARIOS / "register.xml"), *arguments, *credentials
    )


def trunk_reaches(folder: Path, kamailio: Kamailio, number: str) -> bool:
    host, port = kamailio.proxy
    scenario = ("-sf", str(SCENARIOS / "trunk.xml"), "-s", number, "-p", str(kamailio.gateway_port))
    return succeeds(folder, f"{host}:{port}", *scenario)


@contextmanager
def answering(folder: Path, port: int) -> Iterator[None]:
    """A phone of sipp's, which answers every call."""
    phone = subprocess.Popen(
        command("-sf", str(SCENARIOS / "answer.xml"), "-p", str(port)),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        phone.kill()
        phone.wait()


@pytest.mark.parametrize("exchange", ["all on PostgreSQL"], indirect=True)  # sipp knows MD5 alone
def test_sipp_registers_and_is_reached_until_the_user_is_deleted(exchange: Exchange, tmp_path: Path) -> None:
    (number,) = exchange.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[number])
    phone.close()
    port = sip_port()
    assert registers(tmp_path, exchange.kamailio, phone.name, phone.secret, port)
    assert not registers(tmp_path, exchange.kamailio, phone.name, "wrong", port)
    with answering(tmp_path, port):
        assert trunk_reaches(tmp_path, exchange.kamailio, number)
        exchange.service.call("DeleteUser", user_id)
        exchange.settle()
        assert not trunk_reaches(tmp_path, exchange.kamailio, number)
    assert not registers(tmp_path, exchange.kamailio, phone.name, phone.secret, port)
