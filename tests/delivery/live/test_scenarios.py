"""What a call of the service changes, the phones of a real Kamailio notice."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.clients.journey import Refused
from tests.delivery.live.exchange import REGISTRATION, Exchange
from tests.delivery.live.service import wait_for
from tests.delivery.live.sip import Phone

ABROAD = "+442071234567"
AT_HOME = "+12025559999"
REFUSED = {401, 403}
MANY = 200


def new_restriction(exchange: Exchange, code: str, pattern: str) -> None:
    names = {"nameEn": "barred", "nameFr": "interdit", "rule": "DENY", "pattern": [pattern]}
    exchange.service.call("CreateCallRestriction", newCallRestriction={"code": code, **names})


def test_a_new_user_has_a_phone_a_number_and_barred_destinations(exchange: Exchange) -> None:
    new_restriction(exchange, "INTL", "011*")
    (number,) = exchange.add_numbers(1)
    _, phone = exchange.new_phone(did=[number], restrictionCode=["INTL"])
    with phone, exchange.kamailio.phone(phone.name, "wrong") as stranger:
        assert (phone.register(), stranger.register()) == (200, 401)
        with exchange.kamailio.gateway() as gateway:
            with phone.answering():
                assert gateway.call(number) == 200
            with gateway.answering():
                assert (phone.call(ABROAD), phone.call(AT_HOME)) == (403, 200)
                assert phone.call(ABROAD.removeprefix("+")) == 403
        assert len(phone.answered) == 1


def test_a_number_rings_in_each_form_of_e164_that_gateways_send(exchange: Exchange) -> None:
    (number,) = exchange.add_numbers(1)
    _, phone = exchange.new_phone(did=[number])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        with phone.answering():
            digits = number.removeprefix("+")
            assert [gateway.call(each) for each in (number, digits, f"00{digits}")] == [200, 200, 200]
        assert len(phone.answered) == 3


def test_a_name_with_capitals_is_nobody_elses_and_its_registration_ends_like_others(
    exchange: Exchange,
) -> None:
    number, other = exchange.add_numbers(2)
    name = f"mixed.{number.removeprefix('+')}"
    user_id, phone = exchange.new_phone(
        did=[number], newSipAccount=[{**REGISTRATION, "userName": name.title()}]
    )
    with pytest.raises(Refused, match="SIP_NAME_TAKEN"):
        exchange.new_phone(did=[other], newSipAccount=[{**REGISTRATION, "userName": name}])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        with phone.answering():
            assert gateway.call(number) == 200
        assert len(phone.answered) == 1
        exchange.service.call("SetSipCredentials", user_id, **REGISTRATION, generateSecret=True)
        exchange.settle()
        assert gateway.call(number) == 480


def test_a_restriction_is_applied_and_lifted(exchange: Exchange) -> None:
    new_restriction(exchange, "NATIONAL", "1??????????")
    user_id, phone = exchange.new_phone()
    with phone, exchange.kamailio.gateway() as gateway, gateway.answering():
        assert (phone.call(ABROAD), phone.call(AT_HOME)) == (200, 200)
        exchange.service.call("SetUserCallRestrictions", user_id, restrictionCode=["NATIONAL"])
        exchange.settle()
        assert (phone.call(ABROAD), phone.call(AT_HOME)) == (200, 403)
        exchange.service.call("SetUserCallRestrictions", user_id)
        exchange.settle()
        assert phone.call(AT_HOME) == 200


def test_a_new_secret_is_the_only_one_that_is_good(exchange: Exchange) -> None:
    user_id, phone = exchange.new_phone()
    with phone:
        assert phone.register() == 200
        made = exchange.service.call("SetSipCredentials", user_id, **REGISTRATION, generateSecret=True)
        exchange.settle()
        assert phone.register() in REFUSED
        phone.secret = made["generatedSecret"]
        assert phone.register() == 200


def test_a_changed_number_leads_to_the_phone_and_the_old_one_nowhere(exchange: Exchange) -> None:
    old, new = exchange.add_numbers(2)
    user_id, phone = exchange.new_phone(did=[old])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        with phone.answering():
            assert gateway.call(old) == 200
            exchange.service.call("ChangeDid", user_id, fromNumber=old, toNumber=new)
            exchange.settle()
            assert (gateway.call(old), gateway.call(new)) == (404, 200)
        assert len(phone.answered) == 2


def test_a_transferred_number_rings_at_the_other_phone(exchange: Exchange) -> None:
    (number,) = exchange.add_numbers(1)
    giver, first = exchange.new_phone(did=[number])
    taker, second = exchange.new_phone()
    with first, second, exchange.kamailio.gateway() as gateway:
        assert (first.register(), second.register()) == (200, 200)
        parties = {"fromUserRef": {"userId": giver}, "toUserRef": {"userId": taker}}
        exchange.service.call("TransferDid", number=number, **parties)
        exchange.settle()
        with first.answering(), second.answering():
            assert gateway.call(number) == 200
        assert (len(first.answered), len(second.answered)) == (0, 1)


@pytest.mark.parametrize("whole_company", [False, True])
def test_a_suspended_user_neither_calls_nor_is_called(exchange: Exchange, whole_company: bool) -> None:
    (number,) = exchange.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[number])

    def switch(verb: str) -> None:
        if whole_company:
            exchange.service.as_provider(f"{verb}Company", companyId=exchange.service.company_id)
        else:
            exchange.service.call(f"{verb}User", user_id)
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


def unreachable(gateway: Phone, phone: Phone, number: str) -> bool:
    """A phone that is registered for all it knows: neither its number nor its name leads there."""
    rung = len(phone.answered)
    with phone.answering():
        said = {gateway.call(number), gateway.call(phone.name)}
    return said == {404} and len(phone.answered) == rung and phone.register() in REFUSED


def test_who_leaves_the_company_loses_phone_and_number_and_begins_anew(exchange: Exchange) -> None:
    (old,) = exchange.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[old])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        left = exchange.service.call("RemoveUserFromCompany", user_id)
        assert left["outcome"]["provisioning"] == "PENDING"
        exchange.settle()
        assert unreachable(gateway, phone, old)
        account = {**REGISTRATION, "userName": phone.name, "domain": exchange.domain}
        user = {"userId": user_id}
        made = exchange.service.as_provider("SetSipCredentials", userRef=user, **account, generateSecret=True)
        (new,) = exchange.add_numbers(1, left["user"]["companyId"])
        exchange.service.as_provider("AssignDid", userRef=user, number=new)
        exchange.settle()
        phone.secret = made["generatedSecret"]
        assert phone.register() == 200
        with phone.answering():
            assert gateway.call(new) == 200


def test_a_deleted_user_is_reached_by_nobody_and_a_restored_one_is(exchange: Exchange) -> None:
    (number,) = exchange.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[number])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        exchange.service.call("DeleteUser", user_id)
        exchange.settle()
        assert unreachable(gateway, phone, number)
        exchange.service.call("RestoreUser", user_id)
        exchange.settle()
        assert phone.register() == 200
        with phone.answering():
            assert gateway.call(number) == 200


def test_who_has_the_name_next_gets_no_calls_for_a_phone_of_the_last(exchange: Exchange) -> None:
    user_id, phone = exchange.new_phone()
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        exchange.service.call("RemoveSipCredentials", user_id, **REGISTRATION)
        other = exchange.service.call("CreateUser", newUser=exchange.new_user())["user"]["userId"]
        exchange.settle()
        account = {**REGISTRATION, "userName": phone.name, "domain": exchange.domain}
        exchange.service.call("SetSipCredentials", other, **account, generateSecret=True)
        exchange.settle()
        with phone.answering():
            assert gateway.call(phone.name) == 404
        assert phone.answered == []


def test_with_its_database_stopped_calls_succeed_and_afterwards_everything_agrees(exchange: Exchange) -> None:
    service = exchange.service
    old, new = exchange.add_numbers(2)
    user_id, phone = exchange.new_phone(did=[old])
    other, second = exchange.new_phone()
    with phone, second, exchange.kamailio.gateway() as gateway:
        assert (phone.register(), second.register()) == (200, 200)
        wanted = {"userRef": {"userId": other}, "number": old}
        with exchange.database_stopped():
            changed = service.call("ChangeDid", user_id, fromNumber=old, toNumber=new)
            assert changed["outcome"]["provisioning"] == "PENDING"
            assert service.refused("AssignDid", **wanted) == "DID_NOT_AVAILABLE"
            assert not service.call("ListDids", state="AVAILABLE", prefix=old).get("did")
            wait_for(lambda: any(service.waiting()))
        exchange.settle()
        assert service.call("AssignDid", **wanted)["did"]["userId"] == other
        exchange.settle()
        assert exchange.agrees()
        assert (phone.register(), second.register()) == (200, 200)
        with phone.answering(), second.answering():
            assert (gateway.call(new), gateway.call(old)) == (200, 200)
        assert (len(phone.answered), len(second.answered)) == (1, 1)


def test_a_user_who_is_deleted_while_kamailio_is_away_does_not_come_back_with_it(exchange: Exchange) -> None:
    (number,) = exchange.add_numbers(1)
    user_id, phone = exchange.new_phone(did=[number])
    with phone, exchange.kamailio.gateway() as gateway:
        assert phone.register() == 200
        exchange.kamailio.stop()
        deleted = exchange.service.call("DeleteUser", user_id)
        assert deleted["outcome"]["provisioning"] == "PENDING"
        exchange.kamailio.start()
        exchange.settle()
        assert exchange.agrees()
        assert unreachable(gateway, phone, number)


def test_many_phones_register_and_are_reached(exchange: Exchange) -> None:
    numbers = exchange.add_numbers(MANY)
    items = [{"newUser": exchange.new_user(did=[number], newSipAccount=[REGISTRATION])} for number in numbers]
    made = exchange.service.call("CreateUsers", item=items)
    assert made["created"] == MANY
    exchange.settle()
    with ExitStack() as stack:
        phones = []
        for verdict in made["verdict"]:
            (account,) = verdict["generatedSipSecret"]
            phones.append(
                stack.enter_context(exchange.kamailio.phone(account["userName"], account["secret"]))
            )
        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(Phone.register, phones)) == {200}
        gateway = stack.enter_context(exchange.kamailio.gateway())
        for phone, number in zip(phones, numbers, strict=True):
            with phone.answering():
                assert gateway.call(number) == 200
        assert {len(phone.answered) for phone in phones} == {1}
    assert exchange.agrees()
