"""Logs: lines of JSON from every logger, without what sounds like a secret."""

import json
import subprocess
import sys

import pytest
import structlog
from structlog.testing import capture_logs

from provisioning.logs import configure_logs

SCRIPT = """
import logging, structlog
from provisioning.logs import configure_logs

configure_logs({level!r})
log = structlog.get_logger("test")
log.debug("details", number=1)
log.info("made", name="x", client_secret="hush", Authorization="hush", PIN="hush", spinning="round", session_token="hush")
logging.getLogger("library").info("chatter")
logging.getLogger("library").warning("odd %s", "thing")
try:
    raise ValueError("broken")
except ValueError:
    log.exception("failed", line="two\\nlines")
"""


def _lines(level: str) -> list[dict[str, str]]:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(level=level)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == ""
    return [json.loads(line) for line in ran.stderr.splitlines()]


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("debug", ["details", "made", "odd thing", "failed"]),
        ("info", ["made", "odd thing", "failed"]),
        ("warning", ["odd thing", "failed"]),
        ("error", ["failed"]),
    ],
)
def test_each_level_shows_what_is_as_grave(level: str, events: list[str]) -> None:
    assert [line["event"] for line in _lines(level)] == events


def test_what_sounds_like_a_secret_is_hidden() -> None:
    made, odd, failed = _lines("info")
    hidden = {name for name, value in made.items() if value == "[hidden]"}
    assert hidden == {"client_secret", "Authorization", "PIN", "session_token"}
    assert made["spinning"] == "round"
    assert (made["level"], odd["level"], failed["level"]) == ("info", "warning", "error")
    assert "hush" not in json.dumps([made, odd, failed])
    assert "ValueError: broken" in failed["exception"]
    assert made["timestamp"].endswith("Z")


def test_a_logger_that_spoke_before_follows_the_next_configuration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = structlog.get_logger("test")
    configure_logs("info")
    log.info("first")
    configure_logs("warning")
    log.info("too low")
    with capture_logs() as captured:
        log.warning("second")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["first"]
    assert [each["event"] for each in captured] == ["second"]
