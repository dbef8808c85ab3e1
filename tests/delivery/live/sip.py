"""A SIP phone over UDP, as small as tests need it: registers, calls with digest authentication, answers calls."""

import hashlib
import random
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Self

_PATIENCE = 30.0
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


def sip_port() -> int:
    """A free port, and none that the system gives to whoever asks for any: a phone with the gateway's would pass for it."""
    given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    while True:
        port = random.randrange(given // 2, given)
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            suppress(OSError),
        ):
            udp.bind(("127.0.0.1", port))
            tcp.bind(("127.0.0.1", port))
            return port


class Message:
    """A received message: its first line and its headers, the repeated ones in order."""

    def __init__(self, octets: bytes) -> None:
        head = octets.decode("utf-8", "replace").partition("\r\n\r\n")[0]
        self.first, *lines = head.split("\r\n")
        pairs = [line.partition(":") for line in lines]
        self.headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]

    @property
    def status(self) -> int:
        """0 for a request."""
        return int(self.first.split(" ")[1]) if self.first.startswith("SIP/2.0 ") else 0

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]

    def __getitem__(self, name: str) -> str:
        return self.all(name)[0]


class Phone:
    """One socket, one account. Several calls may be made one after the other."""

    def __init__(
        self, proxy: tuple[str, int], domain: str, name: str, secret: str = "", port: int = 0
    ) -> None:
        self.domain, self.name, self.secret = domain, name, secret
        self._proxy = proxy
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(_PATIENCE)
        self.port: int = self._socket.getsockname()[1]
        self.answered: list[str] = []

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def register(self, expires: int = 600) -> int:
        """The status of a registration, after the challenge."""
        call_id = secrets.token_hex(8)
        headers = [f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>", f"Expires: {expires}"]
        uri, me = f"sip:{self.domain}", f"sip:{self.name}@{self.domain}"
        answer = self._ask("REGISTER", uri, me, call_id, 1, headers)
        if answer.status == 401:
            headers.append(self._authorization(answer, "REGISTER", uri))
            answer = self._ask("REGISTER", uri, me, call_id, 2, headers)
        return answer.status

    def call(self, number: str) -> int:
        """The final status of a call; one that is answered is hung up at once."""
        uri, call_id = f"sip:{number}@{self.domain}", secrets.token_hex(8)
        headers = [f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>"]
        sequence, answer = 1, self._ask("INVITE", uri, uri, call_id, 1, headers)
        if answer.status == 407:
            self._acknowledge(answer, uri, call_id, 1)
            headers.append(self._authorization(answer, "INVITE", uri))
            sequence, answer = 2, self._ask("INVITE", uri, uri, call_id, 2, headers)
        self._acknowledge(answer, uri, call_id, sequence)
        if answer.status < 300:
            target, route = _dialog_of(answer)
            self._send("BYE", target, answer["to"], call_id, sequence + 1, route)
            self._wait_for(f"{sequence + 1} BYE")
        return answer.status

    @contextmanager
    def answering(self) -> Iterator["Phone"]:
        """Answer every call as long as the block runs; ``answered`` has what was dialled."""
        thread = Thread(target=self._answer_all)
        thread.start()
        try:
            yield self
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ender:
                ender.sendto(b"END", ("127.0.0.1", self.port))
            thread.join(_PATIENCE)

    def _answer_all(self) -> None:
        self._socket.settimeout(None)
        while (received := self._socket.recvfrom(65535))[0] != b"END":
            request = Message(received[0])
            if request.status or request.first.startswith("ACK"):
                continue
            if request.first.startswith("INVITE"):
                self.answered.append(request["to"])
            kept = [
                f"{name}: {value}"
                for name, value in request.headers
                if name in {"via", "from", "call-id", "cseq", "record-route"}
            ]
            to = request["to"] if "tag=" in request["to"] else f"{request['to']};tag={secrets.token_hex(4)}"
            lines = [
                "SIP/2.0 200 OK",
                *kept,
                f"To: {to}",
                f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>",
            ]
            self._socket.sendto(_packed(lines), received[1])
        self._socket.settimeout(_PATIENCE)

    def _ask(
        self, method: str, uri: str, to: str, call_id: str, sequence: int, headers: list[str]
    ) -> Message:
        self._send(method, uri, f"<{to}>", call_id, sequence, headers)
        return self._wait_for(f"{sequence} {method}")

    def _send(
        self,
        method: str,
        uri: str,
        to: str,
        call_id: str,
        sequence: int,
        headers: list[str],
        branch: str | None = None,
    ) -> None:
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch}",
            f"From: <sip:{self.name}@{self.domain}>;tag={call_id[:6]}",
            f"To: {to}",
            f"Call-ID: {call_id}",
            f"CSeq: {sequence} {method}",
            "Max-Forwards: 70",
            *headers,
        ]
        self._socket.sendto(_packed(lines), self._proxy)

    def _acknowledge(self, answer: Message, uri: str, call_id: str, sequence: int) -> None:
        """A refusal is acknowledged in its own transaction, an answered call at the phone that answered."""
        if answer.status >= 300:
            branch = re.search(r"branch=([^;]+)", answer["via"])
            assert branch is not None
            self._send("ACK", uri, answer["to"], call_id, sequence, [], branch[1])
        else:
            target, route = _dialog_of(answer)
            self._send("ACK", target, answer["to"], call_id, sequence, route)

    def _wait_for(self, cseq: str) -> Message:
        while True:
            message = Message(self._socket.recv(65535))
            if message.status >= 200 and message["cseq"] == cseq:
                return message

    def _authorization(self, answer: Message, method: str, uri: str) -> str:
        """RFC 2617 and 7616, with qop=auth, in answer to the challenge of a registrar (401) or a proxy (407)."""
        asked = answer["www-authenticate" if answer.status == 401 else "proxy-authenticate"]
        found = re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', asked)
        given = {name.lower(): quoted or plain for name, quoted, plain in found}
        algorithm = given.get("algorithm", "MD5")

        def digest(text: str) -> str:
            return hashlib.new(_HASHES[algorithm], text.encode()).hexdigest()

        client_nonce = secrets.token_hex(4)
        proof = digest(
            ":".join(
                (
                    digest(f"{self.name}:{given['realm']}:{self.secret}"),
                    given["nonce"],
                    "00000001",
                    client_nonce,
                    "auth",
                    digest(f"{method}:{uri}"),
                )
            )
        )
        header = "Authorization" if answer.status == 401 else "Proxy-Authorization"
        return (
            f'{header}: Digest username="{self.name}", realm="{given["realm"]}", nonce="{given["nonce"]}", '
            f'uri="{uri}", algorithm={algorithm}, qop=auth, nc=00000001, cnonce="{client_nonce}", '
            f'response="{proof}"'
        )


def _dialog_of(answer: Message) -> tuple[str, list[str]]:
    """Where requests inside an answered call go: its contact, by the proxies that wanted to stay in between."""
    contact = re.search(r"<([^>]+)>", answer["contact"])
    assert contact is not None
    return contact[1], [f"Route: {each}" for each in reversed(answer.all("record-route"))]


def _packed(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
