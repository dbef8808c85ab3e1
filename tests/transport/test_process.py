"""The processes: how they start, how they are killed, how they stop."""

import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from provisioning.settings import Settings, WrongSetting
from provisioning.wire.server import listen, read_certificate
from tests.transport.certificates import write_certificate
from tests.transport.running import (
    ROOT,
    SAMPLE,
    SOON,
    Server,
    environment,
    free_port,
    get,
    post,
    read_answer,
    running,
    soap,
)

WAIT = soap("Wait", "<milliseconds>1500</milliseconds>")


def _wait_for_workers(server: Server, count: int, without: int) -> None:
    for _ in range(200):
        found = server.workers()
        if len(found) == count and without not in found and server.serves():
            return
        time.sleep(0.05)
    raise AssertionError(server.log())


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with running(tmp_path, workers=1) as server:
        ended = subprocess.run(
            [sys.executable, *SAMPLE],
            cwd=ROOT,
            env=environment(tmp_path, server.port),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode != 0
        said = f"PROVISIONING_BIND: cannot listen on 127.0.0.1:{server.port}: Address already in use."
        assert ended.stderr.endswith(f"{said}\n")


@pytest.mark.parametrize(
    "bind", ["203.0.113.1:8080", "no-such-host.invalid:80", "127.0.0.1:99999", "[2001:db8::1]:80"]
)
def test_an_address_that_cannot_be_had_is_named(bind: str) -> None:
    with pytest.raises(WrongSetting, match=rf"PROVISIONING_BIND: cannot listen on {re.escape(bind)}: \w"):
        listen(Settings(bind=bind))


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "localhost:0"])
def test_an_address_is_listened_on(bind: str) -> None:
    with listen(Settings(bind=bind)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    _, other_key = write_certificate(tmp_path, "other")
    names = "PROVISIONING_TLS_CERTIFICATE and PROVISIONING_TLS_KEY"
    with pytest.raises(WrongSetting, match=f"{names}: No such file or directory"):
        read_certificate(Settings(tls_certificate=str(tmp_path / "none.pem"), tls_key=str(key)))
    with pytest.raises(WrongSetting, match=f"{names}: not PEM, or the key is not the certificate's"):
        read_certificate(Settings(tls_certificate=str(certificate), tls_key=str(other_key)))
    assert read_certificate(Settings()) is None


def test_a_killed_worker_is_replaced_and_others_serve_meanwhile(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        killed = server.workers()[0]
        os.kill(killed, signal.SIGKILL)
        assert server.serves()
        _wait_for_workers(server, 2, without=killed)


def test_the_only_worker_killed_in_the_middle_of_a_call(tmp_path: Path) -> None:
    """Whoever was being served learns it at once; the next one waits for the new worker."""
    with running(tmp_path, workers=1) as server, server.connect() as connection:
        connection.sendall(post("/soap", WAIT))
        time.sleep(0.3)
        os.kill(server.workers()[0], signal.SIGKILL)
        with pytest.raises((ConnectionError, IndexError)):
            read_answer(connection)
        assert server.serves()


def test_stopping_finishes_the_calls_that_run(tmp_path: Path) -> None:
    with (
        running(tmp_path) as server,
        server.connect() as running_call,
        server.connect() as idle,
        server.connect(),
    ):
        running_call.sendall(post("/soap", WAIT))
        idle.sendall(post("/soap", soap("Echo")))
        assert read_answer(idle).status == 200
        time.sleep(0.3)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        answer = read_answer(running_call)
        assert (answer.status, b"waited" in answer.body) == (200, True)
        assert server.process.wait(10) == 0
        assert time.monotonic() - started < 3 + SOON
        with pytest.raises(ConnectionRefusedError):
            server.connect()


def test_an_interrupt_does_not_wait(tmp_path: Path) -> None:
    with running(tmp_path) as server, server.connect() as connection:
        connection.sendall(post("/soap", soap("Wait", "<milliseconds>20000</milliseconds>")))
        time.sleep(0.3)
        started = time.monotonic()
        assert server.stop(signal.SIGINT) == 0
        assert time.monotonic() - started < 8


def test_the_killed_master_takes_its_workers_along(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        workers = server.workers()
        server.stop(signal.SIGKILL)
        for _ in range(100):
            if not any(Path(f"/proc/{pid}/exe").exists() for pid in workers):
                return
            time.sleep(0.1)
        raise AssertionError("orphans")


SLOW_TO_BEGIN = """
import runpy, time
from provisioning.wire.worker import Worker
begin = Worker.init_process
def begin_slowly(self):
    time.sleep(1)
    begin(self)
Worker.init_process = begin_slowly
runpy.run_module("tests.transport.serving", run_name="__main__")
"""


def test_a_worker_that_is_told_to_stop_while_it_begins_stops(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW_TO_BEGIN],
            cwd=ROOT,
            env=environment(tmp_path, free_port(), workers=1),
            stderr=written,
        )
    server = Server(process, 0, log)
    while "Booting worker" not in server.log():
        assert process.poll() is None
        time.sleep(0.05)
    try:
        assert server.stop() == 0
    finally:
        process.kill()
        process.wait()


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    """Home, temporary folder and working directory stay as they are."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    for each in (home, temporary):
        each.mkdir()
    folder = tmp_path / "var"
    settings = environment(folder, free_port())
    port = int(settings["PROVISIONING_BIND"].rpartition(":")[2])
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.transport.serving"],
            cwd=ROOT,
            env=settings | {"HOME": str(home), "TMPDIR": str(temporary), "XDG_RUNTIME_DIR": str(home)},
            stderr=log,
        )
    server = Server(process, port, tmp_path / "log")
    _wait_until_up(server)
    assert server.stop() == 0
    assert not [*home.iterdir(), *temporary.iterdir()]
    assert {each.name.split(".")[0] for each in folder.iterdir()} <= {"provisioning"}


def _wait_until_up(server: Server) -> None:
    for _ in range(200):
        try:
            assert server.serves()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(server.log())


FEW_FILES = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
runpy.run_module("tests.transport.serving", run_name="__main__")
"""


def test_more_callers_than_connections(tmp_path: Path) -> None:
    """A flood of silent connections: the oldest go, and a call is served. The usual limit of files is no limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    with running(tmp_path, ("-c", FEW_FILES), workers=1, deadline=60) as server, ExitStack() as stack:
        flood = [stack.enter_context(server.connect()) for _ in range(1100)]
        started = time.monotonic()
        assert server.serves()
        assert time.monotonic() - started < SOON
        with pytest.raises(ConnectionResetError):
            flood[0].recv(1)
        flood[-1].sendall(post("/soap", soap("Echo")))
        assert read_answer(flood[-1]).status == 200


def test_calls_beyond_what_can_wait_are_refused(tmp_path: Path) -> None:
    with running(tmp_path, workers=1) as server, ExitStack() as stack:
        slow = stack.enter_context(server.connect())
        slow.sendall(post("/soap", soap("Wait", "<milliseconds>6000</milliseconds>")))
        time.sleep(0.3)
        waiting = [stack.enter_context(server.connect(20)) for _ in range(520)]
        for each in waiting:
            each.sendall(post("/soap", soap("Echo")))
        _wait_for_ready(server, b"Too many requests wait.\n")
        assert server.ask(get("/healthz")).status == 200
        answers = [read_answer(each) for each in waiting]
        refused = [each for each in answers if each.status == 503]
        assert len(refused) == 20
        assert refused[0].headers["retry-after"] == "1"
        assert b"BACKEND_UNAVAILABLE" in refused[0].body
        assert sum(each.status == 200 for each in answers) == 500


def _wait_for_ready(server: Server, said: bytes) -> None:
    for _ in range(40):
        answer = server.ask(get("/readyz"))
        if answer.body == said:
            assert answer.status == 503
            return
        time.sleep(0.1)
    raise AssertionError("it never said so")


def test_what_waits_for_a_caller_who_is_gone_is_not_run(tmp_path: Path) -> None:
    with running(tmp_path, workers=1) as server:
        gone = [server.connect() for _ in range(10)]
        for each in gone:
            each.sendall(post("/soap", soap("Wait", "<milliseconds>2000</milliseconds>")))
        time.sleep(0.5)
        for each in gone:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.close()
        started = time.monotonic()
        assert server.serves()
        assert time.monotonic() - started < 8


def test_each_worker_keeps_to_a_processor_of_its_own(tmp_path: Path) -> None:
    allowed = os.sched_getaffinity(0)
    count = min(4, len(allowed))
    with running(tmp_path, workers=count) as server:
        for _ in range(2):
            places = [os.sched_getaffinity(pid) for pid in server.workers()]
            assert [len(place) for place in places] == [1] * count
            assert len(set.union(*places)) == count
            killed = server.workers()[0]
            os.kill(killed, signal.SIGKILL)
            _wait_for_workers(server, count, without=killed)
        assert os.sched_getaffinity(server.process.pid) == allowed


def test_two_workers_serve_at_the_same_time(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        times: list[float] = []
        started = time.monotonic()

        def call() -> None:
            assert server.post("/soap", WAIT).status == 200
            times.append(time.monotonic() - started)

        threads = [threading.Thread(target=call) for _ in range(4)]
        for each in threads:
            each.start()
            time.sleep(0.05)
        for each in threads:
            each.join()
        assert len(times) == 4
