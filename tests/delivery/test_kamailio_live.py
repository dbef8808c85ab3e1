"""A real Kamailio on the shipped configuration, and phones: what a call of the service changes, the phones notice."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.delivery.kamailio import DOMAIN, Kamailio, new_kamailio
from tests.delivery.phone_databases import postgres_phone_database
from tests.delivery.sip import Phone
from tests.delivery.site import Site
from tests.postgres import binaries, running_postgres

ABROAD = "+442071234567"
AT_HOME = "+12025559999"
RULE = {"rule": "DENY", "pattern": ["011*"]}


@dataclass
class Exchange:
    """A site whose users are served by a Kamailio, and a relay at work in between."""

    site: Site
    kamailio: Kamailio

    def new_phone(self, **wishes: object) -> tuple[str, Phone]:
        """A user with a SIP account, and its phone."""
        user_id = self.site.create_user(**wishes)
        made = self.site.call(
            "SetSipCredentials", user_id, purpose="REGISTRATION", domain=DOMAIN, generateSecret=True
        )
        name, secret = made["sipAccount"]["userName"], made["generatedSecret"]
        self.settle()
        return user_id, self.kamailio.phone(name, secret)

    def settle(self) -> None:
        """Until the phone system has been told of everything."""
        self.site.wait_for(lambda: not self.site.waiting())


@contextmanager
def exchange_on(site: Site, url: str | None, algorithm: str = "MD5") -> Iterator[Exchange]:
    with new_kamailio(url, algorithm) as kamailio:
        site.house.operate("RemovePhoneSystem", site.provider_id, name="phones")
        site.add_phone_system("kamailio", "KAMAILIO", kamailio.url, **kamailio.settings)
        with site.relaying():
            yield Exchange(site, kamailio)


@pytest.fixture
def exchange(site: Site, database_url: str, request: pytest.FixtureRequest) -> Iterator[Exchange]:
    """Kamailio on the kind of database that the service is on."""
    if database_url.startswith("sqlite"):
        with exchange_on(site, None) as made:
            yield made
        return
    server = request.getfixturevalue("postgres_server")
    with postgres_phone_database("kamailio", server) as url, exchange_on(site, url) as made:
        yield made


@contextmanager
def stopped(server: str) -> Iterator[None]:
    """A PostgreSQL server that is not there as long as the block runs."""
    engine = create_engine(f"{server}/postgres")
    with engine.connect() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    engine.dispose()
    options = " ".join(shlex.split((folder / "postmaster.opts").read_text())[1:])
    _control(folder, "-m", "fast", "stop")
    try:
        yield
    finally:
        _control(folder, "-l", str(folder / "log"), "-o", options, "start")


def _control(folder: Path, *arguments: str) -> None:
    command = [str(programs() / "pg_ctl"), "-D", str(folder), "-w", *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def programs() -> Path:
    found = binaries()
    assert found is not None
    return found


def test_a_phone_registers_from_the_commit_on_and_with_its_secret_only(exchange: Exchange) -> None:
    user_id, phone = exchange.new_phone()
    with phone, exchange.kamailio.phone(phone.name, "wrong") as stranger:
        assert phone.register() == 200
        assert stranger.register() in {401, 403}
        made = exchange.site.call("SetSipCredentials", user_id, purpose="REGISTRATION", generateSecret=True)
        exchange.settle()
        assert phone.register() in {401, 403}
        phone.secret = made["generatedSecret"]
        assert phone.register() == 200


def test_a_number_leads_to_the_phone_and_moves_with_the_number(exchange: Exchange) -> None:
    old, new = exchange.site.add_numbers(2)
    user_id, phone = exchange.new_phone(did=[old])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        with phone.answering():
            assert gateway.call(old) == 200
            exchange.site.call("ChangeDid", user_id, fromNumber=old, toNumber=new)
            exchange.settle()
            assert gateway.call(old) == 404
            assert gateway.call(new) == 200
        assert len(phone.answered) == 2


def test_a_transferred_number_rings_at_the_other_phone(exchange: Exchange) -> None:
    (number,) = exchange.site.add_numbers(1)
    giver, first = exchange.new_phone(did=[number])
    taker, second = exchange.new_phone()
    with first, second, exchange.kamailio.gateway() as gateway:
        assert (first.register(), second.register()) == (200, 200)
        parties = {"fromUserRef": {"userId": giver}, "toUserRef": {"userId": taker}}
        exchange.site.call("TransferDid", number=number, **parties)
        exchange.settle()
        with first.answering(), second.answering():
            assert gateway.call(number) == 200
        assert (len(first.answered), len(second.answered)) == (0, 1)


def test_a_barred_destination_is_refused_and_others_are_not(exchange: Exchange) -> None:
    site = exchange.site
    site.call(
        "CreateCallRestriction",
        newCallRestriction={"code": "INTL", "nameEn": "abroad", "nameFr": "étranger", **RULE},
    )
    user_id, phone = exchange.new_phone()
    with phone, exchange.kamailio.gateway() as gateway, gateway.answering():
        assert (phone.call(ABROAD), phone.call(AT_HOME)) == (200, 200)
        site.call("SetUserCallRestrictions", user_id, restrictionCode=["INTL"])
        exchange.settle()
        assert (phone.call(ABROAD), phone.call(AT_HOME)) == (403, 200)
        site.call("SetUserCallRestrictions", user_id)
        exchange.settle()
        assert phone.call(ABROAD) == 200


@pytest.mark.parametrize("whole_company", [False, True])
def test_a_suspended_user_neither_calls_nor_is_called(exchange: Exchange, whole_company: bool) -> None:
    (number,) = exchange.site.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[number])

    def switch(verb: str) -> None:
        if whole_company:
            house = exchange.site.house
            house.call(f"{verb}Company", house.provider, companyId=house.company_id)
        else:
            exchange.site.call(f"{verb}User", user_id)
        exchange.settle()

    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        switch("Suspend")
        with gateway.answering():
            assert phone.call(AT_HOME) == 403
        with phone.answering():
            assert gateway.call(number) == 403
            switch("Resume")
            assert gateway.call(number) == 200
        with gateway.answering():
            assert phone.call(AT_HOME) == 200


def test_a_deleted_user_is_reached_by_nobody_though_its_phone_is_registered(exchange: Exchange) -> None:
    (number,) = exchange.site.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[number])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        exchange.site.call("DeleteUser", user_id)
        exchange.settle()
        with phone.answering():
            assert gateway.call(number) == 404
            assert gateway.call(phone.name) == 404
        assert phone.answered == []
        assert phone.register() in {401, 403}


def test_who_has_the_name_next_gets_no_calls_for_a_phone_of_the_last(exchange: Exchange) -> None:
    user_id, phone = exchange.new_phone()
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        exchange.site.call("RemoveSipCredentials", user_id, purpose="REGISTRATION")
        other = exchange.site.create_user()
        exchange.settle()
        account = {"purpose": "REGISTRATION", "userName": phone.name, "domain": DOMAIN}
        exchange.site.call("SetSipCredentials", other, **account, generateSecret=True)
        exchange.settle()
        with phone.answering():
            assert gateway.call(phone.name) == 404
        assert phone.answered == []


def test_many_phones_at_once(exchange: Exchange) -> None:
    phones = [exchange.new_phone()[1] for _ in range(20)]
    assert [phone.register() for phone in phones] == [200] * 20
    assert exchange.site.agrees()
    for phone in phones:
        phone.close()


def test_digests_by_sha_256(site: Site, postgres_server: str) -> None:
    with (
        postgres_phone_database("kamailio", postgres_server) as url,
        exchange_on(site, url, "SHA-256") as exchange,
    ):
        _, phone = exchange.new_phone()
        with phone, exchange.kamailio.phone(phone.name, "wrong") as stranger:
            assert (phone.register(), stranger.register()) == (200, 401)


def test_with_its_database_stopped_calls_succeed_and_afterwards_everything_agrees(site: Site) -> None:
    with (
        running_postgres() as server,
        postgres_phone_database("kamailio", server) as url,
        exchange_on(site, url) as exchange,
    ):
        old, new = site.add_numbers(2)
        user_id, phone = exchange.new_phone(did=[old])
        other = site.create_user()
        exchange.settle()
        with phone, exchange.kamailio.gateway() as gateway:
            assert phone.register() == 200
            with stopped(server):
                changed = site.call("ChangeDid", user_id, fromNumber=old, toNumber=new)
                assert changed["outcome"]["provisioning"] == "PENDING"
                wanted = {"userRef": {"userId": other}, "number": old}
                assert site.house.refused("AssignDid", **wanted)["code"] == "DID_NOT_AVAILABLE"
                site.wait_for(lambda: any(row.last_error for row in site.outbox()))
            exchange.settle()
            site.call("AssignDid", other, number=old)
            exchange.settle()
            assert site.agrees()
            with phone.answering():
                assert gateway.call(new) == 200
                assert gateway.call(old) == 480
