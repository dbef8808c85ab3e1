"""RetryProvisioningTask: what has been given up is tried again."""

from threading import Barrier, Thread
from typing import Any

import pytest

from provisioning.kernel.caller import Right
from tests.delivery.site import Site
from tests.house import House, Plain
from tests.tasks.outbox import fail, lease, one_task, postpone, tasks


def retry(site: Site, caller: Any = None, /, **fields: Any) -> Plain:
    return site.house.call("RetryProvisioningTask", caller or site.house.provider, **fields)


def changes(site: Site) -> list[Plain]:
    listed: list[Plain] = site.house.call("ListChanges", site.house.provider)["change"]
    return [each for each in listed if each["objectType"] == "ProvisioningTask"]


def test_a_failed_task_begins_anew(site: Site) -> None:
    user_id = site.create_user()
    task_id = one_task(site)["taskId"]
    fail(site, task_id)
    result = retry(site, taskId=task_id)
    assert (result["retried"], result["outcome"]["noChange"]) == (1, False)
    assert result["outcome"]["provisioning"] == "PENDING"
    task = result["provisioningTask"]
    assert (task["state"], task["attempts"], task["lastError"]) == ("WAITING", 0, "no room")
    site.deliver()
    assert tasks(site) == []
    assert set(site.recorded("user")) == {user_id}
    (change,) = changes(site)
    assert (change["kind"], change["objectId"]) == ("ProvisioningTaskRetried", task_id)
    assert {each["name"]: each["value"] for each in change["detail"]} == {
        "kind": "PHONE_SYSTEM",
        "userId": user_id,
    }


def test_a_failed_mail_too_and_the_phone_systems_have_nothing_to_do_with_it(site: Site) -> None:
    site.call("DeleteUser", site.create_user(), notify=True)
    site.deliver()
    mail = one_task(site)
    fail(site, mail["taskId"])
    result = retry(site, taskId=mail["taskId"])
    assert result["provisioningTask"]["state"] == "WAITING"
    assert result["outcome"]["provisioning"] == "IN_SYNC"


def test_a_waiting_task_is_tried_at_once(site: Site) -> None:
    site.create_user()
    task_id = one_task(site)["taskId"]
    postpone(site, task_id)
    task = retry(site, taskId=task_id)["provisioningTask"]
    assert (task["state"], task["attempts"]) == ("WAITING", 3)
    assert task["nextAttemptAt"] < site.house.clock().isoformat()
    assert retry(site, taskId=task_id)["outcome"]["noChange"] is True


def test_a_running_task_is_left_alone(site: Site) -> None:
    site.create_user()
    task_id = one_task(site)["taskId"]
    lease(site, task_id)
    before = site.outbox()[0].due_at
    result = retry(site, taskId=task_id)
    assert (result["retried"], result["outcome"]["noChange"]) == (0, True)
    assert result["outcome"]["provisioning"] == "IN_SYNC"
    assert result["provisioningTask"]["state"] == "RUNNING"
    assert site.outbox()[0].due_at == before


def test_a_task_that_is_done_is_not_found_and_its_number_is_not_given_again(site: Site) -> None:
    site.create_user()
    task_id = one_task(site)["taskId"]
    site.deliver()
    site.create_user()
    fault = site.house.refused("RetryProvisioningTask", site.house.provider, taskId=task_id)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "taskId")
    assert "may be done" in fault["reason"]


def test_a_lane_with_newer_rows_is_delivered_once_and_leaves_nothing(site: Site) -> None:
    """What failed, what came after it, and the newest state goes out for both."""
    user_id = site.create_user()
    task_id = one_task(site)["taskId"]
    fail(site, task_id)
    site.call("UpdateUser", user_id, firstName="Zoe")
    assert [each["state"] for each in tasks(site)] == ["FAILED", "WAITING"]
    retry(site, taskId=task_id)
    site.deliver()
    assert tasks(site) == []
    assert site.agrees()


def test_a_retried_task_waits_for_one_of_its_lane_that_is_running(site: Site) -> None:
    user_id = site.create_user()
    first = one_task(site)["taskId"]
    fail(site, first)
    site.call("UpdateUser", user_id, firstName="Zoe")
    second = tasks(site, state="WAITING")[0]["taskId"]
    lease(site, second)
    retry(site, taskId=first)
    with site.relaying(site.relay(threads=1)):
        # Another user's task goes through; the lane of the running one is nobody else's.
        other = site.create_user()
        site.wait_for(lambda: other in site.recorded("user"))
        assert user_id not in site.recorded("user")
        site.house.clock.pass_time(seconds=31)
        site.wait_for(lambda: tasks(site) == [])
    assert site.agrees()


def test_all_failed_ones_by_their_filters(site: Site) -> None:
    site.add_phone_system("other")
    house = site.house
    site.call("DeleteUser", site.create_user(), notify=True)
    new = {"firstName": "Bo", "lastName": "Ek", "email": "bo@ek.example.com"}
    house.call("CreateUser", house.provider, companyId=house.public_id, newUser=new)
    for each in tasks(site):
        fail(site, each["taskId"])
    assert len(tasks(site)) == 7
    assert retry(site, allFailed=True, phoneSystem="other", companyId=house.public_id)["retried"] == 1
    assert retry(site, allFailed=True, phoneSystem="other")["retried"] == 2
    result = retry(site, allFailed=True, kind="MAIL")
    assert (result["retried"], result["outcome"]["provisioning"]) == (1, "IN_SYNC")
    result = retry(site, allFailed=True)
    assert (result["retried"], result["outcome"]["provisioning"]) == (3, "PENDING")
    assert "provisioningTask" not in result
    assert tasks(site, state="FAILED") == []
    counted = [(each["kind"], each.get("companyId"), each["detail"][-1]["value"]) for each in changes(site)]
    assert sorted(counted) == sorted(
        ("FailedTasksRetried", company_id, count)
        for company_id, count in (
            (house.public_id, "1"),
            (house.company_id, "2"),
            (house.company_id, "1"),
            (house.public_id, "1"),
            (house.company_id, "2"),
        )
    )
    result = retry(site, allFailed=True)
    assert (result["retried"], result["outcome"]["noChange"]) == (0, True)


def test_a_dry_run_keeps_nothing(site: Site) -> None:
    site.create_user()
    fail(site, one_task(site)["taskId"])
    assert retry(site, allFailed=True, control={"dryRun": True})["retried"] == 1
    assert one_task(site)["state"] == "FAILED"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"taskId": "1", "allFailed": True},
        {"allFailed": False},
        {"taskId": "1", "kind": "MAIL"},
        {"taskId": "1", "companyId": "c"},
        {"taskId": "1", "phoneSystem": "phones"},
    ],
)
def test_one_task_or_all_failed_ones(site: Site, fields: Plain) -> None:
    fault = site.house.refused("RetryProvisioningTask", site.house.provider, **fields)
    assert (fault["code"], fault["violation"][0]["code"]) == ("INVALID_REQUEST", "ONE_OF")


def test_an_unknown_phone_system_is_refused(site: Site) -> None:
    fault = site.house.refused(
        "RetryProvisioningTask", site.house.provider, allFailed=True, phoneSystem="none"
    )
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "phoneSystem")


def test_what_is_others_is_not_found(site: Site) -> None:
    house = site.house
    site.create_user()
    task_id = one_task(site)["taskId"]
    fail(site, task_id)
    other, _ = house.new_provider("Other")
    neighbour = house.client_of(site.provider_id, house.new_company(house.provider, "OTHER"))
    for caller in (other, neighbour):
        assert house.refused("RetryProvisioningTask", caller, taskId=task_id)["code"] == "NOT_FOUND"
        assert retry(site, caller, allFailed=True)["retried"] == 0
    assert retry(site, house.company, taskId=task_id)["retried"] == 1


def test_it_takes_the_right(site: Site) -> None:
    caller = House.client_of(site.provider_id, rights=frozenset({Right.PROVISIONING_READ}))
    fault = site.house.refused("RetryProvisioningTask", caller, allFailed=True)
    assert fault["code"] == "NOT_PERMITTED"


def test_several_at_once_do_not_hinder_each_other(site: Site) -> None:
    site.create_user()
    task_id = one_task(site)["taskId"]
    fail(site, task_id)
    together, counts = Barrier(4), list[int]()

    def call() -> None:
        together.wait()
        counts.append(retry(site, taskId=task_id)["retried"])

    threads = [Thread(target=call) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(counts) == 4
    assert max(counts) == 1
    assert one_task(site)["state"] == "WAITING"
