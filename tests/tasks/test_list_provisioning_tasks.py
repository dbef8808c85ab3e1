"""ListProvisioningTasks: what has still to be told outside."""

import pytest

from provisioning.kernel.caller import Right
from tests.delivery.site import Site
from tests.house import House
from tests.tasks.outbox import change_row, fail, lease, one_task, postpone, tasks


def test_a_task_says_of_whom_it_tells_whom_and_why(site: Site) -> None:
    user = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com"}
    created = site.call("CreateUser", newUser=user)
    assert created["outcome"]["provisioning"] == "PENDING"
    task = one_task(site)
    at = task.pop("createdAt")
    assert task == {
        "taskId": task["taskId"],
        "kind": "PHONE_SYSTEM",
        "state": "WAITING",
        "userId": created["user"]["userId"],
        "companyId": site.house.company_id,
        "phoneSystem": "phones",
        "attempts": 0,
        "nextAttemptAt": at,
        "transactionId": created["outcome"]["transactionId"],
    }


def test_what_has_been_delivered_is_not_listed(site: Site) -> None:
    site.create_user()
    site.deliver()
    assert tasks(site) == []


def test_a_mail_names_its_delivery(site: Site) -> None:
    user_id = site.create_user()
    site.call("DeleteUser", user_id, notify=True)
    (mail,) = tasks(site, kind="MAIL")
    assert (mail["kind"], mail["userId"], "phoneSystem" in mail) == ("MAIL", user_id, False)
    assert mail["deliveryId"]
    assert {each["kind"] for each in tasks(site, kind="PHONE_SYSTEM")} == {"PHONE_SYSTEM"}
    assert len(tasks(site)) == 3


def test_states_are_those_of_the_relay(site: Site) -> None:
    for _ in range(4):
        site.create_user()
    waiting, postponed, running, failed = (each["taskId"] for each in tasks(site))
    postpone(site, postponed)
    lease(site, running)
    fail(site, failed)
    shown = {each["taskId"]: each for each in tasks(site)}
    assert [each["state"] for each in shown.values()] == ["WAITING", "WAITING", "RUNNING", "FAILED"]
    assert [each["attempts"] for each in shown.values()] == [0, 3, 1, 8]
    assert {task_id for task_id, each in shown.items() if "nextAttemptAt" in each} == {waiting, postponed}
    assert (shown[postponed]["lastError"], shown[failed]["lastError"]) == ("busy", "no room")
    found = {
        state: [each["taskId"] for each in tasks(site, state=state)]
        for state in ("WAITING", "RUNNING", "FAILED")
    }
    assert found == {"WAITING": [waiting, postponed], "RUNNING": [running], "FAILED": [failed]}


def test_what_a_relay_that_died_had_taken_is_waiting_again(site: Site) -> None:
    site.create_user()
    task_id = one_task(site)["taskId"]
    lease(site, task_id)
    site.house.clock.pass_time(seconds=31)
    assert one_task(site)["state"] == "WAITING"
    assert [each["taskId"] for each in tasks(site, state="WAITING")] == [task_id]


def test_filters(site: Site) -> None:
    site.add_phone_system("other")
    first, second = site.create_user(), site.create_user(externalId="crm 2")
    assert [each["userId"] for each in tasks(site)] == [first, first, second, second]
    assert {each["userId"] for each in tasks(site, userRef={"userId": second})} == {second}
    by_key = {"companyId": site.house.company_id, "externalId": "crm 2"}
    assert len(tasks(site, userRef=by_key)) == 2
    assert [each["phoneSystem"] for each in tasks(site, phoneSystem="other")] == ["other", "other"]
    transaction_id = tasks(site)[2]["transactionId"]
    assert {each["userId"] for each in tasks(site, transactionId=transaction_id)} == {second}
    assert len(tasks(site, companyId=site.house.company_id)) == 4
    assert tasks(site, companyId=site.house.public_id) == []


@pytest.mark.parametrize(
    ("filters", "field"),
    [({"userRef": {"userId": "none"}}, "userRef"), ({"phoneSystem": "none"}, "phoneSystem")],
)
def test_an_unknown_name_is_refused(site: Site, filters: dict[str, object], field: str) -> None:
    fault = site.house.refused("ListProvisioningTasks", site.house.provider, **filters)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", field)


def test_pages_go_on_and_the_total_is_counted_when_asked_for(site: Site) -> None:
    users = [site.create_user() for _ in range(3)]
    page = site.house.call("ListProvisioningTasks", site.house.provider, pageSize=2, withTotal=True)
    assert page["total"] == 3
    rest = site.house.call("ListProvisioningTasks", site.house.provider, cursor=page["nextCursor"])
    assert [each["userId"] for each in (*page["provisioningTask"], *rest["provisioningTask"])] == users
    assert "total" not in rest
    assert "nextCursor" not in rest


def test_a_company_sees_its_own_and_nothing_of_the_phone_systems_errors(site: Site) -> None:
    house = site.house
    mine = site.create_user()
    other = house.new_company(house.provider, "OTHER")
    new = {"firstName": "Bo", "lastName": "Ek", "email": "bo@ek.example.com"}
    theirs = house.call("CreateUser", house.provider, companyId=other, newUser=new)["user"]["userId"]
    for each in tasks(site):
        fail(site, each["taskId"], "10.0.0.7 refuses")
    (task,) = tasks(site, house.company)
    assert (task["userId"], task["state"], "lastError" in task) == (mine, "FAILED", False)
    assert {each["userId"]: each["lastError"] for each in tasks(site)} == dict.fromkeys(
        (mine, theirs), "10.0.0.7 refuses"
    )
    assert tasks(site, house.company, companyId=other) == []
    assert house.refused("ListProvisioningTasks", userRef={"userId": theirs})["code"] == "NOT_FOUND"


def test_a_user_sees_its_own(site: Site) -> None:
    mine, _ = site.create_user(), site.create_user()
    caller = House.client_of(site.provider_id, site.house.company_id, user_id=mine)
    assert {each["userId"] for each in tasks(site, caller)} == {mine}


def test_another_provider_sees_nothing(site: Site) -> None:
    site.create_user()
    other, _ = site.house.new_provider("Other")
    assert tasks(site, other) == []
    assert site.house.refused("ListProvisioningTasks", other, phoneSystem="phones")["code"] == "NOT_FOUND"


def test_a_company_and_a_phone_system_that_are_gone_break_nothing(site: Site) -> None:
    house = site.house
    user_id = site.create_user()
    house.call("DeleteCompany", house.provider, companyId=house.company_id, deleteUsers=True)
    assert {each["userId"] for each in tasks(site, companyId=house.company_id)} == {user_id}
    for each in tasks(site):
        change_row(site, each["taskId"], target_id="gone")
    assert not [each for each in tasks(site) if "phoneSystem" in each]


def test_it_takes_the_right(site: Site) -> None:
    caller = House.client_of(site.provider_id, rights=frozenset({Right.USERS_READ}))
    assert site.house.refused("ListProvisioningTasks", caller)["code"] == "NOT_PERMITTED"
