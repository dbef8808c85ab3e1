"""Taking from the outbox and giving back, on both databases and by several at once."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from provisioning.delivery import queue
from provisioning.delivery.queue import Task
from provisioning.kernel.outbox import OutboxRow, Topic
from provisioning.persistence.engine import Database, open_database

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
TOGETHER = {Topic.PHONE}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url, threads=8)
    yield opened
    opened.engine.dispose()


def put(database: Database, *subjects: str, topic: Topic = Topic.PHONE, target: str = "pbx") -> None:
    rows = [
        {
            "topic": topic,
            "subject_id": subject,
            "target_id": target,
            "provider_id": "p",
            "transaction_id": "t",
            "object_id": str(place),
            "created_at": NOW,
            "due_at": NOW,
        }
        for place, subject in enumerate(subjects)
    ]
    with database.writing() as db:
        db.execute(insert(OutboxRow), rows)
        db.commit()


def take(
    database: Database, worker: str = "w", now: datetime = NOW, most: int = 100, **how: Any
) -> list[Task]:
    with database.writing() as db:
        tasks = queue.take(db, worker, now, LEASE, most=most, together=TOGETHER, topics=list(Topic), **how)
        db.commit()
    return tasks


def finish(database: Database, *tasks: Task) -> None:
    with database.writing() as db:
        queue.finish(db, tasks, TOGETHER)
        db.commit()


def put_off(database: Database, task: Task, *, most: int, now: datetime = NOW) -> None:
    with database.writing() as db:
        queue.put_off(db, task, "w", now + SECOND, "no" * 400, most=most, now=now)
        db.commit()


def rows(database: Database) -> list[OutboxRow]:
    with database.reading() as db:
        return list(db.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def test_a_lane_is_taken_whole(database: Database) -> None:
    put(database, "ann", "bob", "ann", "ann")
    tasks = take(database)
    assert {task.subject_id: len(task.row_ids) for task in tasks} == {"ann": 3, "bob": 1}
    assert take(database) == []
    finish(database, *tasks)
    assert rows(database) == []


def test_letters_are_taken_one_after_the_other(database: Database) -> None:
    put(database, "ann", "ann", topic=Topic.MAIL, target="")
    (first,) = take(database)
    assert (len(first.row_ids), first.object_id) == (1, "0")
    assert take(database) == []
    finish(database, first)
    (second,) = take(database)
    assert second.object_id == "1"


def test_what_comes_while_its_lane_is_being_delivered_waits_for_the_end(database: Database) -> None:
    put(database, "ann")
    (first,) = take(database)
    put(database, "ann")
    assert take(database, now=NOW + SECOND) == []
    finish(database, first)
    assert [task.subject_id for task in take(database, now=NOW + SECOND)] == ["ann"]


def test_after_the_lease_others_take_over_with_all_that_came_since(database: Database) -> None:
    put(database, "ann")
    (lost,) = take(database, "dead")
    put(database, "ann")
    (task,) = take(database, "heir", NOW + LEASE)
    assert (len(task.row_ids), task.attempt) == (2, 2)
    with database.writing() as db:  # the dead one wakes up: what it says has no effect any more
        queue.put_back(db, lost, "dead", NOW, "late")
        db.commit()
    assert {row.leased_by for row in rows(database)} == {"heir"}


def test_a_failure_waits_and_is_given_up_in_the_end(database: Database) -> None:
    put(database, "ann")
    (task,) = take(database)
    put_off(database, task, most=2)
    assert take(database) == []
    (task,) = take(database, now=NOW + SECOND)
    assert task.attempt == 2
    put_off(database, task, most=2, now=NOW + SECOND)
    (row,) = rows(database)
    assert (row.state, row.attempts, row.leased_by, row.last_error) == ("FAILED", 2, None, "no" * 250)
    assert take(database, now=NOW + LEASE) == []


def test_a_new_change_is_tried_at_once_and_takes_what_was_given_up_with_it(database: Database) -> None:
    put(database, "ann")
    put_off(database, take(database)[0], most=1)
    put(database, "ann")
    put_off(database, take(database)[0], most=3)
    put(database, "ann")
    (task,) = take(database)
    assert len(task.row_ids) == 2
    finish(database, task)
    assert rows(database) == []


def test_a_letter_that_was_given_up_stays_to_be_seen(database: Database) -> None:
    put(database, "ann", "ann", topic=Topic.MAIL, target="")
    put_off(database, take(database)[0], most=1)
    finish(database, take(database)[0])
    assert [row.state for row in rows(database)] == ["FAILED"]


def test_what_was_put_back_was_no_attempt(database: Database) -> None:
    put(database, "ann")
    (task,) = take(database)
    with database.writing() as db:
        queue.put_back(db, task, "w", NOW + LEASE, "not there")
        db.commit()
    (row,) = rows(database)
    assert (row.attempts, row.last_error) == (0, "not there")
    assert take(database) == []
    with database.writing() as db:
        queue.hurry(db, "pbx", NOW)
        db.commit()
    assert len(take(database)) == 1


def test_closed_targets_are_left_alone_and_one_can_be_asked_for(database: Database) -> None:
    for target in ("a", "b", "c"):
        put(database, "ann", "bob", target=target)
    assert {task.target_id for task in take(database, closed=["a", "b"])} == {"c"}
    assert [task.target_id for task in take(database, only="b", most=1)] == ["b"]
    with database.reading() as db:
        assert queue.next_due(db, list(Topic), ["b", "c"]) == NOW
        assert queue.next_due(db, list(Topic), ["a", "b"]) == NOW + LEASE
        assert queue.next_due(db, [Topic.MAIL], []) is None


def test_no_more_than_asked_for_the_longest_waiting_first(database: Database) -> None:
    put(database, *"abcdef")
    assert sorted(task.subject_id for task in take(database, most=4)) == list("abcd")


def test_several_at_once_take_each_lane_once(database: Database) -> None:
    put(database, *[f"user{number % 60}" for number in range(240)])
    taken: list[list[Task]] = []

    def work(worker: str) -> None:
        while tasks := take(database, worker, most=3):
            taken.append(tasks)
            finish(database, *tasks)

    threads = [Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while tasks := take(database):  # a worker that found nothing but locked lanes has gone home early
        taken.append(tasks)
        finish(database, *tasks)
    times = Counter(row_id for tasks in taken for task in tasks for row_id in task.row_ids)
    assert len(times) == 240
    assert set(times.values()) == {1}
    assert rows(database) == []


def test_many_at_once_are_taken_quickly_before_the_database_knows_that_they_are_many(
    database: Database,
) -> None:
    """PostgreSQL's figures may be of an hour when nothing waited. It took seconds then, or minutes, each time."""
    put(database, *(f"failed{number}" for number in range(40)))
    for task in take(database):
        put_off(database, task, most=0)
    with database.writing() as db:
        db.execute(text("ANALYZE outbox"))
        db.commit()
    put(database, *(f"user{number}" for number in range(5000)))
    began = time.monotonic()
    assert len(take(database, most=32)) == 32
    assert time.monotonic() - began < 3
