"""From the commit of a call to the phone system, by a relay at work."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from provisioning.delivery import relay
from provisioning.kernel.outbox import OutboxRow
from tests.delivery.site import Site
from tests.house import House


def test_without_a_phone_system_nothing_is_pending(house: House) -> None:
    new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com"}
    assert house.call("CreateUser", newUser=new)["outcome"]["provisioning"] == "IN_SYNC"


def test_with_one_a_change_is_pending_until_it_is_delivered(site: Site) -> None:
    new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com", "did": site.add_numbers(1)}
    created = site.call("CreateUser", newUser=new)
    user_id = created["user"]["userId"]
    assert created["outcome"]["provisioning"] == "PENDING"
    assert site.recorded("user") == {}
    site.deliver()
    assert site.recorded("user") == {user_id: user_id}
    assert site.recorded() == {new["did"][0]: user_id}
    assert site.outbox() == []
    assert site.agrees()


def test_a_dry_run_is_told_to_nobody(site: Site) -> None:
    new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com"}
    site.call("CreateUser", newUser=new, control={"dryRun": True})
    assert site.outbox() == []


def test_an_idle_relay_is_woken_by_the_commit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself this relay would look again after an hour. What it takes: `python -m bench.latency`."""
    monkeypatch.setattr(relay, "_LONGEST_WAIT", 3600.0)
    with site.relaying() as idle:
        for _ in range(5):
            user_id = site.create_user()
            site.wait_for(lambda user_id=user_id: user_id in site.recorded("user"))
            site.wait_for(lambda: not site.waiting())
        idle.stop()
        site.create_user()


def test_many_changes_of_a_user_are_one_delivery(site: Site) -> None:
    (number,) = site.add_numbers(1)
    user_id = site.create_user()
    for _ in range(3):
        site.call("AssignDid", user_id, number=number)
        site.call("UnassignDid", user_id, number=number)
    assert site.waiting() == 7
    relay = site.relay()
    relay._exchange(100)  # takes them
    assert {(row.leased_by, row.attempts) for row in site.outbox()} == {(relay.name, 1)}
    assert site.recorded("user") == {}


def test_what_a_relay_that_died_had_taken_is_taken_over_after_the_lease(site: Site) -> None:
    user_id = site.create_user()
    site.relay(lease=60)._exchange(100)  # and dies
    with site.relaying():
        time.sleep(0.3)
        assert site.recorded("user") == {}
        site.house.clock.pass_time(seconds=61)
        site.wait_for(lambda: user_id in site.recorded("user"))
        site.wait_for(lambda: not site.outbox())


def test_a_relay_that_stops_finishes_what_it_has_begun_and_gives_back_the_rest(site: Site) -> None:
    users = {site.create_user() for _ in range(40)}
    with site.relaying(site.relay(threads=1)):
        site.wait_for(lambda: site.recorded("user"))
    rows = site.outbox()
    assert len(rows) < len(users)
    assert {row.subject_id for row in rows} | site.recorded("user").keys() == users
    assert {(row.leased_by, row.attempts) for row in rows} <= {(None, 0)}


def test_relays_share_the_work(site: Site) -> None:
    for _ in range(60):
        site.create_user()
    with site.relaying(), site.relaying(), site.relaying():
        site.wait_for(lambda: not site.waiting(), 60)
    assert len(site.recorded("user")) == 60
    assert site.agrees()


def test_a_suspended_company_is_told_of_user_by_user(site: Site) -> None:
    users = {site.create_user() for _ in range(3)}
    site.deliver()
    site.house.call("SuspendCompany", site.house.provider, companyId=site.house.company_id)
    assert {row.subject_id for row in site.outbox()} == users
    site.deliver()
    assert site.agrees()


def test_a_freed_number_is_nobodys_before_the_phone_system_has_let_it_go(site: Site) -> None:
    (number,) = site.add_numbers(1)
    first, second = site.create_user(did=[number]), site.create_user()
    site.deliver()
    site.call("UnassignDid", first, number=number)
    refused = site.house.refused("AssignDid", userRef={"userId": second}, number=number)
    assert refused["code"] == "DID_NOT_AVAILABLE"
    assert "did" not in site.call("ListDids", state="AVAILABLE")
    site.deliver()
    site.call("AssignDid", second, number=number)
    site.deliver()
    assert site.recorded() == {number: second}


def test_a_number_stays_held_as_long_as_one_of_two_phone_systems_does_not_know(site: Site) -> None:
    (number,) = site.add_numbers(1)
    site.add_phone_system("others")
    first, second = site.create_user(did=[number]), site.create_user()
    site.deliver()
    site.house.operate("UpdatePhoneSystem", site.provider_id, name="others", enabled=False)
    site.call("UnassignDid", first, number=number)
    with site.relaying():
        site.wait_for(lambda: not site.recorded())
        site.wait_for(lambda: site.waiting() == 1)
        wanted = {"userRef": {"userId": second}, "number": number}
        assert site.house.refused("AssignDid", **wanted)["code"] == "DID_NOT_AVAILABLE"
        site.house.operate("RemovePhoneSystem", site.provider_id, name="others")
        assert site.call("AssignDid", **wanted)["outcome"]["provisioning"] == "PENDING"


def test_the_last_user_may_have_a_held_number_again(site: Site) -> None:
    (number,) = site.add_numbers(1)
    user_id = site.create_user(did=[number])
    site.deliver()
    site.call("UnassignDid", user_id, number=number)
    site.call("AssignDid", user_id, number=number)
    site.deliver()
    assert site.recorded() == {number: user_id}
    assert site.agrees()


def test_a_transferred_number_moves_whichever_user_is_told_of_first(site: Site) -> None:
    numbers = site.add_numbers(5)
    givers = [site.create_user(did=[number]) for number in numbers]
    taker = site.create_user()
    site.deliver()
    for giver, number in zip(givers, numbers, strict=True):
        site.call("TransferDid", number=number, fromUserRef={"userId": giver}, toUserRef={"userId": taker})
    with site.house.application.database.writing() as db:  # the givers' rows come late
        late = site.house.clock() + timedelta(hours=1)
        db.execute(update(OutboxRow).where(OutboxRow.subject_id.in_(givers)).values(due_at=late))
        db.commit()
    with site.relaying():
        site.wait_for(lambda: site.recorded() == dict.fromkeys(numbers, taker))
        site.house.clock.pass_time(hours=1)
        site.wait_for(lambda: not site.waiting())
    assert site.agrees()


def test_who_was_deleted_is_gone_and_who_is_restored_comes_back(site: Site) -> None:
    (number,) = site.add_numbers(1)
    user_id = site.create_user(did=[number])
    site.deliver()
    site.call("DeleteUser", user_id)
    site.deliver()
    assert site.recorded("user") == {}
    site.call("RestoreUser", user_id)
    site.deliver()
    assert site.recorded() == {number: user_id}


def test_a_disabled_phone_system_is_told_later(site: Site) -> None:
    site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", enabled=False)
    user_id = site.create_user()
    with site.relaying():
        time.sleep(0.2)
        assert site.recorded("user") == {}
        site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", enabled=True)
        site.wait_for(lambda: user_id in site.recorded("user"))
