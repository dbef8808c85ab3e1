"""From the commit of a call to the user's mail server, by a relay at work."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from provisioning.delivery.channels import NotNow, Rejected
from provisioning.messages import Delivery
from provisioning.settings import Settings
from tests.delivery.mail.post_office import PostOffice
from tests.delivery.mail.sink import HANG_UP, Sink, running_sink
from tests.delivery.site import Site
from tests.house import House

_LINK = re.compile(r"https://phones\.example\.com/pin/(\S+)")


@pytest.fixture
def sink() -> Sink:
    """A mail server that has a port and is away."""
    with running_sink() as once:
        return once


@pytest.fixture
def running(sink: Sink) -> Iterator[Sink]:
    with running_sink(sink):
        yield sink


@pytest.fixture
def settings(settings: Settings, sink: Sink) -> Settings:
    return dataclasses.replace(
        settings,
        smtp_url=f"smtp://localhost:{sink.port}?tls=no",
        smtp_timeout=2,
        mail_from="Phones <phones@phones.example.com>",
        public_url="https://phones.example.com",
    )


@pytest.fixture
def office(house: House) -> PostOffice:
    return PostOffice(house)


def everything_kept(office: PostOffice) -> str:
    return str([vars(row) for row in (*office.outbox(), *office.deliveries())])


def test_who_is_to_be_notified_gets_one_mail(office: PostOffice, running: Sink) -> None:
    office.create_user(language="fr")
    office.create_user(notify=False)
    office.deliver()
    (mail,) = running.received
    assert (mail.sender, mail.recipient) == ("phones@phones.example.com", "zoe0@lee.example.com")
    assert mail.message["To"].addresses[0].display_name == "Zoë Lee 0"
    assert mail.message["Content-Language"] == "fr"
    (delivery,) = office.deliveries()
    assert delivery.sent_at is not None
    assert mail.message["Date"].datetime == delivery.created_at.replace(microsecond=0)
    assert office.sent() == {mail.message_id}
    assert office.outbox() == []


def test_the_link_is_in_the_mail_and_nowhere_else(office: PostOffice, running: Sink) -> None:
    office.create_user()
    with capture_logs() as logs:
        running.answer("DATA", "451 4.7.1 later: https://phones.example.com/pin/echoed")
        with office.relaying():
            Site.wait_for(lambda: any(row.last_error for row in office.outbox()) or running.received)
            Site.wait_for(lambda: running.received)
        Site.wait_for(lambda: not office.outbox())
    (mail,) = running.received
    (token,) = _LINK.findall(mail.text)
    kept = everything_kept(office) + str(logs)
    assert token not in kept
    assert "echoed" not in kept
    assert "refuses the mail (451): 4.7.1" in str(logs)


def test_nothing_is_sent_for_a_dry_run_or_a_refused_call(
    office: PostOffice, house: House, running: Sink
) -> None:
    new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com", "notify": True}
    house.call("CreateUser", newUser=new, control={"dryRun": True})
    house.refused("CreateUser", newUser=new | {"userNumber": "12"})
    assert office.outbox() == []
    office.deliver()
    assert running.received == []


def test_many_letters_go_by_few_connections(office: PostOffice, running: Sink) -> None:
    for _ in range(40):
        office.create_user()
    with office.relaying(), office.relaying():
        Site.wait_for(lambda: not office.outbox())
    assert {each.message_id for each in running.received} == office.sent()
    assert len(running.received) == 40
    assert len(running.connections) <= 8


def test_a_server_that_is_away_is_waited_for_and_no_letter_suffers(office: PostOffice, sink: Sink) -> None:
    for _ in range(10):
        office.create_user()
    with capture_logs() as logs, office.relaying():
        Site.wait_for(lambda: any(row.last_error for row in office.outbox()))
        Site.wait_for(lambda: all(row.leased_by is None for row in office.outbox()))
        assert {row.state for row in office.outbox()} == {"WAITING"}
        assert {row.attempts for row in office.outbox() if row.leased_by is None} == {0}
        assert {row.last_error for row in office.outbox()} <= {
            None,
            f"mail server localhost:{sink.port}: Connection refused",
        }
        with running_sink(sink):
            Site.wait_for(lambda: not office.outbox())
    assert len(sink.received) == 10
    errors = [each["event"] for each in logs if each["log_level"] == "error"]
    assert errors == ["no mail can be sent"]
    assert "mail is sent again" in [each["event"] for each in logs]


def test_a_letter_that_is_gone_does_not_keep_a_closed_way_closed(
    office: PostOffice, house: House, sink: Sink
) -> None:
    gone, _ = office.create_user(), office.create_user()
    with office.relaying():
        Site.wait_for(lambda: any(row.last_error for row in office.outbox()))
        with house.application.database.writing() as db:
            db.execute(delete(Delivery).where(Delivery.user_id == gone["userId"]))
            db.commit()
        # Until nobody has it in hand any more who had read it before.
        Site.wait_for(lambda: all(row.leased_by is None for row in office.outbox()))
        with running_sink(sink):
            Site.wait_for(lambda: not office.outbox())
    assert [each.recipient for each in sink.received] == ["zoe1@lee.example.com"]


def test_a_recipient_that_is_refused_for_good_is_given_up_at_once(office: PostOffice, running: Sink) -> None:
    running.refuse("zoe0@lee.example.com", "550 5.1.1 no such user")
    office.create_user()
    office.create_user()
    office.deliver()
    (row,) = office.outbox()
    assert (row.state, row.attempts) == ("FAILED", 1)
    assert row.last_error == "the mail server refuses the recipient (550): 5.1.1 no such user"
    assert [each.sent_at is None for each in office.deliveries()] == [True, False]
    assert len(running.received) == 1


def test_a_recipient_that_is_put_off_is_tried_again_and_in_the_end_given_up(
    office: PostOffice, running: Sink
) -> None:
    running.answer("RCPT", "451 4.7.1 greylisted", "451 4.7.1 greylisted")
    office.create_user()
    office.deliver()
    assert len(running.received) == 1
    running.refuse("zoe1@lee.example.com", "451 4.7.1 greylisted")
    office.create_user()
    office.deliver()
    (row,) = office.outbox()
    assert (row.state, row.attempts) == ("FAILED", 3)


def test_who_died_between_sending_and_keeping_leaves_a_repeat_that_is_recognisable(
    office: PostOffice, house: House, running: Sink
) -> None:
    office.create_user()
    dying = office.channel()
    (job,) = dying.prepare(office.relay()._exchange(10))
    job()  # sends, and dies before it can say so
    dying.close()
    assert office.sent() == set()
    house.clock.pass_time(seconds=61)
    office.deliver()
    assert len(running.received) == 2
    assert len({each.content for each in running.received}) == 1
    assert {each.message_id for each in running.received} == office.sent()


def test_an_answer_that_got_lost_leaves_such_a_repeat_as_well(office: PostOffice, running: Sink) -> None:
    running.answer("DATA", HANG_UP)
    office.create_user()
    office.deliver()
    assert len(running.received) == 2
    assert {each.message_id for each in running.received} == office.sent()


def test_one_letter_that_cannot_be_written_does_not_stop_the_others(
    office: PostOffice, house: House, running: Sink
) -> None:
    users = [office.create_user() for _ in range(5)]
    with house.application.database.writing() as db:
        db.execute(update(Delivery).where(Delivery.user_id == users[2]["userId"]).values(kind="NONSENSE"))
        db.execute(
            update(Delivery)
            .where(Delivery.user_id == users[3]["userId"])
            .values(address="a\r\nBcc: b@x.test")
        )
        db.commit()
    office.deliver()
    assert sorted(each.recipient for each in running.received) == [
        f"zoe{number}@lee.example.com" for number in (0, 1, 4)
    ]
    nonsense, injected = office.outbox()
    assert (nonsense.state, nonsense.attempts, nonsense.last_error) == ("FAILED", 3, "ValueError")
    assert (injected.state, injected.attempts) == ("FAILED", 1)
    assert injected.last_error == "the letter has a line break or a control character in its header"


def test_what_would_outlast_its_lease_is_given_back(office: PostOffice, running: Sink) -> None:
    office.create_user()
    channel = office.channel()
    tasks = office.relay()._exchange(10)
    channel._lease = 0.0
    (job,) = channel.prepare(tasks)
    with pytest.raises(NotNow) as later:
        job()
    assert later.value.wait == timedelta(0)
    assert running.received == []


def test_a_refusal_too_shows_that_a_server_is_back(office: PostOffice, running: Sink) -> None:
    office.create_user()
    channel = office.channel()
    (job,) = channel.prepare(office.relay()._exchange(10))
    channel._breaker.failed("")
    Site.wait_for(channel._breaker.to_try)
    channel._breaker.started("")
    running.answer("RCPT", "550 gone")
    with pytest.raises(Rejected):
        job()
    assert channel._breaker.closed() == frozenset()
    channel.close()
