"""Reconciliations as relays do them: step by step, shared, taken over, given up."""

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from provisioning import reconciliations
from provisioning.delivery import reconciliation
from provisioning.delivery.running import companions
from provisioning.persistence.engine import DatabaseBusy
from provisioning.reconciliations import Job, Step
from provisioning.reconciliations import work as room
from provisioning.settings import Settings
from tests.delivery.site import Site
from tests.delivery.test_killed_relays import LEASE, new_relay
from tests.reconciliations.scene import drift, page, reconciler, shown, start_one, tamper, work

COUNTS = ("usersChecked", "missing", "extra", "different", "foreign", "usersRepaired")


def counts(site: Site, reconciliation_id: str) -> dict[str, int]:
    found = shown(site, reconciliation_id)
    return {name: found[name] for name in COUNTS if found[name]}


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "_AT_A_TIME", 2)


def test_a_relay_has_it_among_its_companions(site: Site) -> None:
    assert "reconciler" in {each.name for each in companions(site.house.application)}


def test_a_report_says_what_differs_and_changes_nothing(site: Site) -> None:
    drift(site, 3)
    reconciliation_id = start_one(site)
    assert work(site) == 0
    found = shown(site, reconciliation_id)
    assert (found["state"], "error" in found) == ("DONE", False)
    assert found["requestedAt"] <= found["startedAt"] <= found["endedAt"]
    assert counts(site, reconciliation_id) == {"usersChecked": 3, "missing": 3}
    assert site.outbox() == []


def test_when_there_is_nothing_to_do_it_looks_again_after_a_while(site: Site) -> None:
    assert work(site) == 1
    reconciliation_id = start_one(site)
    work(site)
    assert work(site) == 1
    assert counts(site, reconciliation_id) == {}


def test_a_repair_sends_states_again_and_leaves_alone_what_is_not_ours(site: Site) -> None:
    mended, altered, blocked = (site.create_user(did=[number]) for number in site.add_numbers(3))
    site.deliver()
    numbers = {user_id: number for number, user_id in site.recorded().items()}
    tamper(site, "DELETE FROM recorded WHERE name = ?", numbers[mended])
    tamper(site, "UPDATE recorded SET detail = 'x' WHERE name = ?", numbers[altered])
    tamper(site, "DELETE FROM recorded WHERE name = ?", numbers[blocked])
    theirs = "INSERT INTO recorded (id, kind, name, user_id, detail) VALUES ('99', 'number', ?, 'them', 'x')"
    tamper(site, theirs, numbers[blocked])
    reconciliation_id = start_one(site, mode="REPAIR")
    work(site)
    assert counts(site, reconciliation_id) == {
        "usersChecked": 3,
        "missing": 1,
        "different": 1,
        "foreign": 1,
        "usersRepaired": 2,
    }
    tasks = site.house.call("ListProvisioningTasks")["provisioningTask"]
    assert {each["userId"] for each in tasks} == {mended, altered}
    assert {each["companyId"] for each in tasks} == {site.house.company_id}
    assert {each["attempts"] for each in tasks} == {0}
    site.deliver()
    assert site.recorded()[numbers[blocked]] == "them"
    again = start_one(site)
    work(site)
    assert counts(site, again) == {"usersChecked": 3, "foreign": 1}


def test_what_is_sent_again_bears_the_transaction_of_the_call(site: Site) -> None:
    drift(site)
    started = site.house.call("StartReconciliation", site.house.provider, mode="REPAIR")
    work(site)
    assert {each.transaction_id for each in site.outbox()} == {started["outcome"]["transactionId"]}


@pytest.mark.usefixtures("small_steps")
def test_a_relay_that_stops_leaves_the_rest_to_another_one(site: Site) -> None:
    users = drift(site, 5)
    reconciliation_id = start_one(site, mode="REPAIR")
    stopping = Event()
    stopping.set()
    reconciler(site).turn(stopping)
    found = shown(site, reconciliation_id)
    assert (found["state"], found["usersChecked"], found["missing"]) == ("RUNNING", 2, 2)
    work(site)
    assert shown(site, reconciliation_id)["state"] == "DONE"
    assert counts(site, reconciliation_id) == {"usersChecked": 5, "missing": 5, "usersRepaired": 5}
    assert [each["userId"] for each in page(site, reconciliation_id)["difference"]] == sorted(users)
    assert sorted(each.subject_id for each in site.outbox()) == sorted(users)


@pytest.mark.usefixtures("small_steps")
def test_what_a_relay_that_died_had_taken_another_takes_after_the_lease(site: Site) -> None:
    drift(site, 3)
    reconciliation_id = start_one(site)
    dead = taken_by(site, "dead")
    assert work(site) == 1
    assert shown(site, reconciliation_id)["state"] == "RUNNING"
    site.house.clock.pass_time(seconds=site.house.application.settings.relay_lease + 1)
    assert work(site) == 0
    assert counts(site, reconciliation_id) == {"usersChecked": 3, "missing": 3}
    assert not kept(site, dead)
    assert counts(site, reconciliation_id) == {"usersChecked": 3, "missing": 3}


def taken_by(site: Site, worker: str) -> Job:
    now = site.house.clock()
    lease = timedelta(seconds=site.house.application.settings.relay_lease)
    with site.house.application.database.writing() as db:
        job = reconciliations.take(db, worker, now, lease)
        db.commit()
    assert job is not None
    return job


def kept(site: Site, job: Job) -> bool:
    """Whether a step of a relay still counts."""
    step = Step(checked=7, last=None, differences=(), repaired=0)
    with site.house.application.database.writing() as db:
        counted = reconciliations.keep(db, job, step, site.house.clock(), timedelta(seconds=60))
        db.commit()
    return counted


@pytest.mark.usefixtures("small_steps")
def test_a_relay_that_was_too_slow_stops_and_counts_nothing_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift(site, 5)
    reconciliation_id = start_one(site, mode="REPAIR")
    slow = reconciliation.walk

    def overtaken(*arguments: object) -> object:
        """While the first step is compared, the lease runs out and another relay does it all."""
        for number, compared in enumerate(slow(*arguments)):  # type: ignore[arg-type] # passed on as they came
            if number == 0:
                site.house.clock.pass_time(seconds=site.house.application.settings.relay_lease + 1)
                monkeypatch.undo()
                monkeypatch.setattr(reconciliation, "_AT_A_TIME", 2)
                work(site)
            yield compared

    monkeypatch.setattr("provisioning.delivery.reconciler.walk", overtaken)
    work(site)
    assert counts(site, reconciliation_id) == {"usersChecked": 5, "missing": 5, "usersRepaired": 5}
    assert len(site.outbox()) == 5


def test_a_killed_relay_is_taken_over(site: Site, settings: Settings) -> None:
    """Real processes: the first is killed while it waits for the phone system's database."""
    drift(site, 2)
    with contextlib.closing(sqlite3.connect(site.path(), isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        reconciliation_id = start_one(site, mode="REPAIR")
        first = new_relay(settings)
        site.wait_for(lambda: shown(site, reconciliation_id)["state"] == "RUNNING")
        first.kill()
        first.wait()
    second = new_relay(settings)
    try:
        site.wait_for(lambda: shown(site, reconciliation_id)["state"] == "DONE", seconds=LEASE + 60)
        site.wait_for(site.agrees, seconds=60)
    finally:
        second.terminate()
        second.wait(30)
    assert counts(site, reconciliation_id) == {"usersChecked": 2, "missing": 2, "usersRepaired": 2}


def test_a_phone_system_that_does_not_answer_is_asked_some_times(site: Site, tmp_path: Path) -> None:
    drift(site)
    away = tmp_path / "away.db"
    site.path().rename(away)
    reconciliation_id = start_one(site)
    work(site)
    found = shown(site, reconciliation_id)
    assert found["state"] == "RUNNING"
    assert found["error"].startswith("The phone system could not be compared: ")
    assert work(site) == 1
    site.house.clock.pass_time(seconds=1)
    away.rename(site.path())
    work(site)
    found = shown(site, reconciliation_id)
    assert (found["state"], found["missing"], "error" in found) == ("DONE", 1, False)


def test_one_that_never_answers_is_given_up_with_a_sentence(site: Site) -> None:
    site.path().unlink()
    reconciliation_id = start_one(site)
    for _ in range(3):
        assert shown(site, reconciliation_id)["state"] != "FAILED"
        assert work(site) == 0
        site.house.clock.pass_time(seconds=1)
    found = shown(site, reconciliation_id)
    assert (found["state"], "endedAt" in found) == ("FAILED", True)
    assert "unable to open database file" in found["error"]
    french = page(site, reconciliation_id, control={"language": "fr"})["reconciliation"]["error"]
    assert french.startswith("Le système téléphonique n'a pu être comparé : ")
    assert work(site) == 1


@pytest.mark.usefixtures("small_steps")
def test_only_failures_without_a_step_between_them_count(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone system that answers now and then is compared to the end."""
    drift(site, 9)
    reconciliation_id = start_one(site)
    whole = reconciliation.walk

    def once(*arguments: object) -> object:
        yield next(iter(whole(*arguments)))  # type: ignore[call-overload] # passed on as they came
        raise OSError("hush")

    monkeypatch.setattr("provisioning.delivery.reconciler.walk", once)
    for _ in range(4):
        work(site)
        assert shown(site, reconciliation_id)["error"] == "The phone system could not be compared: OSError"
        site.house.clock.pass_time(seconds=1)
    work(site)
    assert shown(site, reconciliation_id)["usersChecked"] == 9


@pytest.mark.parametrize(
    ("operation", "fields", "said"),
    [
        ("UpdatePhoneSystem", {"enabled": False}, "phones is disabled"),
        ("RemovePhoneSystem", {}, "it has been removed"),
    ],
)
def test_one_that_is_not_to_be_spoken_to_any_more_is_given_up_at_once(
    site: Site, operation: str, fields: dict[str, object], said: str
) -> None:
    reconciliation_id = start_one(site)
    site.house.operate(operation, site.provider_id, name="phones", **fields)
    work(site)
    found = shown(site, reconciliation_id)
    assert (found["state"], found["phoneSystem"]) == ("FAILED", "phones")
    assert found["error"] == f"The phone system could not be compared: {said}"


def test_one_whose_configuration_cannot_be_read_is_given_up(site: Site) -> None:
    tampered = "UPDATE phone_systems SET sealed_url = 'gone.x'"
    with site.house.application.database.writing() as db:
        db.connection().exec_driver_sql(tampered)
        db.commit()
    reconciliation_id = start_one(site)
    work(site)
    assert "phones is not configured as it should be" in shown(site, reconciliation_id)["error"]


@pytest.mark.usefixtures("small_steps")
def test_all_differences_are_counted_and_the_first_ones_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_KEPT", 3)
    users = drift(site, 5)
    reconciliation_id = start_one(site)
    work(site)
    assert counts(site, reconciliation_id) == {"usersChecked": 5, "missing": 5}
    kept_ones = page(site, reconciliation_id, withTotal=True)
    assert kept_ones["total"] == 3
    assert [each["userId"] for each in kept_ones["difference"]] == sorted(users)[:3]


def test_reconciliations_of_several_phone_systems_are_done_in_turn(site: Site) -> None:
    site.add_phone_system("other")
    site.create_user()
    site.deliver()
    ids = [start_one(site, phoneSystem=name) for name in ("other", "phones")]
    work(site)
    assert [shown(site, each)["state"] for each in ids] == ["DONE", "QUEUED"]
    work(site)
    assert [shown(site, each)["state"] for each in ids] == ["DONE", "DONE"]


@pytest.mark.usefixtures("small_steps")
def test_relays_at_the_same_work_count_everything_once(site: Site) -> None:
    for name in ("second", "third"):
        site.add_phone_system(name)
    drift(site, 5)
    ids = [start_one(site, phoneSystem=name) for name in ("phones", "second", "third")]

    def help_out() -> None:
        mine = reconciler(site)
        while mine.turn(Event()) == 0:
            pass

    threads = [Thread(target=help_out) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [shown(site, each)["state"] for each in ids] == ["DONE"] * 3
    assert [counts(site, each) for each in ids] == [
        {"usersChecked": 5, "missing": 5},
        {"usersChecked": 5},
        {"usersChecked": 5},
    ]


def test_a_database_of_ours_that_is_away_is_no_fault_of_the_phone_systems(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciliation_id = start_one(site)

    def busy(*_: object) -> object:
        raise DatabaseBusy

    monkeypatch.setattr("provisioning.delivery.reconciler.walk", busy)
    with pytest.raises(DatabaseBusy):
        work(site)
    found = shown(site, reconciliation_id)
    assert (found["state"], "error" in found) == ("RUNNING", False)
