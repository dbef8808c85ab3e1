import threading
from collections.abc import Callable

from tests.house import House, Plain
from tests.phone_sessions.conftest import Switch

EARLY, LATE = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"


def test_late_and_repeated_reports_count_once(switch: Switch) -> None:
    first = switch.report(("c-2", switch.john, LATE), ("c-3", switch.sylvie, EARLY))
    assert (first["recorded"], first["repeated"]) == (2, 0)
    second = switch.report(
        ("c-1", switch.john, EARLY), ("c-2", switch.john, LATE), ("c-1", switch.john, EARLY)
    )
    assert (second["recorded"], second["repeated"]) == (1, 2)
    assert switch.counts() == {"john": (2, LATE), "sylvie": (1, EARLY)}
    assert switch.report(("c-1", switch.john, EARLY))["outcome"]["noChange"]


def test_a_session_of_nobody_is_left_out_and_listed(house: House, switch: Switch) -> None:
    nobody = {"userNumber": "0000"}
    answer = switch.report(("c-1", switch.john, EARLY), ("c-2", nobody, EARLY))
    assert (answer["recorded"], answer["repeated"]) == (1, 0)
    assert [each["field"] for each in answer["fieldViolation"]] == ["newSession[1].userRef"]
    stranger, _ = house.new_provider("Stranger")
    session = {"callId": "c-9", "userRef": {"userId": switch.john["userId"]}, "startedAt": EARLY}
    answer = house.call("RecordSessions", stranger, newSession=[session])
    assert answer["recorded"] == 0


def test_a_moment_without_a_zone_is_refused(house: House, switch: Switch) -> None:
    session = {
        "callId": "c-1",
        "userRef": {"userId": switch.john["userId"]},
        "startedAt": "2026-11-20T10:00:00",
    }
    fault = house.refused("RecordSessions", newSession=[session])
    assert fault["violation"][0]["code"] == "NO_ZONE"


def test_the_same_report_by_many_at_once_counts_once(house: House, switch: Switch) -> None:
    sessions = [(f"c-{number}", switch.john, EARLY) for number in range(20)]
    answers: list[Plain] = []

    def run(report: Callable[..., Plain]) -> None:
        answers.append(report(*sessions))

    threads = [threading.Thread(target=run, args=(switch.report,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(threads)
    assert sum(each["recorded"] for each in answers) == 20
    assert switch.counts()["john"] == (20, EARLY)
