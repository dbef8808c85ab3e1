"""StartReconciliation: asks relays to compare a phone system with the database."""

from threading import Barrier, Thread

import pytest

from provisioning.kernel.caller import Right
from tests.delivery.site import Site
from tests.house import House, Plain
from tests.reconciliations.scene import start, start_one, work


def test_it_is_queued_and_tells_what_was_asked_for(site: Site) -> None:
    result = start(site, phoneSystem="phones", mode="REPAIR")
    shown = result["reconciliation"]
    assert shown == {
        "reconciliationId": shown["reconciliationId"],
        "phoneSystem": "phones",
        "mode": "REPAIR",
        "state": "QUEUED",
        "requestedAt": shown["requestedAt"],
        **dict.fromkeys(("usersChecked", "missing", "extra", "different", "foreign", "usersRepaired"), 0),
    }
    assert result["outcome"]["noChange"] is False
    (change,) = [
        each
        for each in site.house.call("ListChanges", site.house.provider)["change"]
        if each["kind"] == "ReconciliationStarted"
    ]
    assert change["objectId"] == shown["reconciliationId"]
    assert {each["name"]: each["value"] for each in change["detail"]} == {
        "phoneSystem": "phones",
        "mode": "REPAIR",
    }


def test_the_only_phone_system_is_meant_when_none_is_named(site: Site) -> None:
    shown = start(site)["reconciliation"]
    assert (shown["phoneSystem"], shown["mode"]) == ("phones", "REPORT")


def test_of_several_one_has_to_be_named(site: Site) -> None:
    site.add_phone_system("other")
    fault = site.house.refused("StartReconciliation", site.house.provider)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "phoneSystem")
    assert start(site, phoneSystem="other")["reconciliation"]["phoneSystem"] == "other"
    assert start(site, phoneSystem="phones")["outcome"]["noChange"] is False


@pytest.mark.parametrize("fields", [{}, {"phoneSystem": "phones"}])
def test_without_a_phone_system_there_is_nothing_to_compare(site: Site, fields: Plain) -> None:
    other, _ = site.house.new_provider("Other")
    fault = site.house.refused("StartReconciliation", other, **fields)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "phoneSystem")


def test_one_that_is_not_over_is_the_answer(site: Site) -> None:
    first = start_one(site)
    again = start(site)
    assert (again["reconciliation"]["reconciliationId"], again["outcome"]["noChange"]) == (first, True)
    fault = site.house.refused("StartReconciliation", site.house.provider, mode="REPAIR")
    assert (fault["code"], fault["field"], fault["object"]) == ("IN_USE", "mode", first)
    work(site)
    assert start_one(site, mode="REPAIR") != first


def test_a_disabled_phone_system_is_not_compared(site: Site) -> None:
    site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", enabled=False)
    fault = site.house.refused("StartReconciliation", site.house.provider)
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "phoneSystem")


def test_a_dry_run_queues_nothing(site: Site) -> None:
    dry = start(site, control={"dryRun": True})["reconciliation"]["reconciliationId"]
    assert start_one(site) != dry
    fault = site.house.refused("GetReconciliation", site.house.provider, reconciliationId=dry)
    assert fault["code"] == "NOT_FOUND"


def test_it_is_the_providers_affair(site: Site) -> None:
    assert site.house.refused("StartReconciliation", site.house.company)["code"] == "NOT_PERMITTED"
    caller = House.client_of(site.provider_id, rights=frozenset({Right.PROVISIONING_READ}))
    assert site.house.refused("StartReconciliation", caller)["code"] == "NOT_PERMITTED"


def test_several_at_once_start_one(site: Site) -> None:
    together, started = Barrier(4), list[tuple[str, bool]]()

    def call() -> None:
        together.wait()
        result = start(site)
        started.append((result["reconciliation"]["reconciliationId"], result["outcome"]["noChange"]))

    threads = [Thread(target=call) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({reconciliation_id for reconciliation_id, _ in started}) == 1
    assert sorted(no_change for _, no_change in started) == [False, True, True, True]
