"""The receivers that docs/webhooks.md shows take what really arrives, and nothing else."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.delivery.webhooks.conftest import pump_of
from tests.delivery.webhooks.inbox import Inbox, pumping
from tests.house import House
from tests.subscriptions.desk import client_of, subscribe

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"
IsOurs = Callable[[str, dict[str, str], bytes], bool]
ASK = """
$asked = json_decode(stream_get_contents(STDIN), true);
echo json_encode(is_ours($asked['secret'], $asked['headers'], $asked['body']));
"""


def shown(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return str(block)


def by_python(_: Path) -> IsOurs:
    names: dict[str, IsOurs] = {}
    exec(shown("python"), names)  # noqa: S102 - it is our own document
    return names["is_ours"]


def by_php(folder: Path) -> IsOurs:
    php = shutil.which("php") or missing("PHP")
    script = folder / "receiver.php"
    script.write_text(shown("php") + ASK, "utf-8")

    def is_ours(secret: str, headers: dict[str, str], body: bytes) -> bool:
        asked = json.dumps({"secret": secret, "headers": headers, "body": body.decode()})
        said = subprocess.run([str(php), str(script)], input=asked.encode(), capture_output=True, check=True)
        return bool(json.loads(said.stdout))

    return is_ours


@pytest.mark.parametrize("receiver", [by_python, by_php])
def test_the_documented_receivers_take_ours_and_nothing_else(
    house: House, inbox: Inbox, tmp_path: Path, receiver: Callable[[Path], IsOurs]
) -> None:
    is_ours = receiver(tmp_path)
    made = subscribe(house, client_of(house), inbox.url, description="Éléonore")
    with pumping(pump_of(house)):
        (received,) = inbox.wait_for(1)
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert is_ours(made["secret"], headers, received.body)
    assert not is_ours(made["secret"], headers, received.body.replace(b"Subscription", b"Prescription"))
    assert not is_ours("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", headers, received.body)
    assert not is_ours(made["secret"], headers | {"webhook-id": "msg_0"}, received.body)
    old = str(int(time.time()) - 3600)
    assert not is_ours(made["secret"], headers | {"webhook-timestamp": old}, received.body)
