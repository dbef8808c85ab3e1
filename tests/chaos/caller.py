"""A client that does as the contract asks: the same request again, by the same requestId, until the answer is definite."""

import base64
import contextlib
import http.client
import random
import time
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from provisioning.kernel.errors import InternalError
from tests.clients.journey import Plain, Refused
from tests.soap.service import envelope, operation, plain

_PATIENCE = 30.0
_GIVES_UP_AFTER = 90.0
_LONGEST_WAIT = 0.5


class Indefinite(Exception):
    """Nobody can say what became of the call: no answer, half an answer, or one that asks to try again."""


@dataclass
class Account:
    """Where to call, and as whom."""

    host: str
    client: str
    secret: str


class Caller:
    """One connection at a time. Some answers it does not wait for, and some definite ones it asks for again."""

    def __init__(self, account: Account, chance: random.Random) -> None:
        self._account = account
        self._chance = chance
        self._connection: http.client.HTTPConnection | None = None
        self.attempts = 0
        self.replayed = 0

    def call(self, name: str, request_id: str | None = None, /, **fields: Any) -> Plain:
        """The answer; Refused with the code of a definite refusal."""
        control = {"control": {"requestId": request_id}} if request_id else {}
        body = envelope(operation(name, _written({**control, **fields}))).encode()
        answer = self._until_definite(body)
        if request_id and self._chance.random() < 0.1:
            again = self._until_definite(body)
            assert again["outcome"]["replayed"] == "true"
            assert again["outcome"]["transactionId"] == answer["outcome"]["transactionId"]
        self.replayed += answer.get("outcome", {}).get("replayed") == "true"
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _until_definite(self, body: bytes) -> Plain:
        until = time.monotonic() + _GIVES_UP_AFTER
        while True:
            try:
                return self._attempt(body)
            except Indefinite:
                assert time.monotonic() < until, "there is no definite answer"
                time.sleep(self._chance.uniform(0.05, _LONGEST_WAIT))

    def _attempt(self, body: bytes) -> Plain:
        self.attempts += 1
        try:
            status, said = self._exchange(body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Indefinite from error
        assert status in {200, 500}, said
        (content,) = etree.fromstring(said)[-1]
        if status == 200:
            (result,) = content
            answer = plain(result)
            return answer if isinstance(answer, dict) else {}
        fault = plain(content[-1][0])
        assert fault["code"] != InternalError.code, (
            "what ends is foreseen, and so is what its callers are told"
        )
        if fault["retryable"] == "true":
            raise Indefinite(fault["code"])
        raise Refused(fault["code"], fault.get("field"))

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        """Status and body. Now and then the line is cut before the answer is there."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._account.host, timeout=_PATIENCE)
        given = f"{self._account.client}:{self._account.secret}".encode()
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "Authorization": f"Basic {base64.b64encode(given).decode()}",
        }
        self._connection.request("POST", "/soap", body, headers)
        if self._chance.random() < 0.05:
            with contextlib.suppress(TimeoutError):
                assert self._connection.sock is not None
                self._connection.sock.settimeout(self._chance.uniform(0.001, 0.02))
                self._connection.sock.recv(1)
            raise http.client.IncompleteRead(b"")
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def _written(fields: Plain) -> str:
    return "".join(
        f"<{name}>{_written(each) if isinstance(each, dict) else escape(str(each))}</{name}>"
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    )
