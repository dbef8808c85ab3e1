"""The four requests, the same octets for every server, and what tells that an answer is one."""

import itertools
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import uuid4

from bench.target import Target

PAGE = 100

_SERIAL = itertools.count(1)
# What stays of an earlier run in a database that was not thrown away must not be in the way.
_RUN = uuid4().hex[:8]


def envelope(operation: str, content: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{operation} xmlns="urn:remote-provisioning:v1">{content}</{operation}>'
        "</soap:Body></soap:Envelope>"
    ).encode()


@dataclass(frozen=True, slots=True)
class Operation:
    """How to ask for it; which tag an answer holds, and how often."""

    name: str
    content: Callable[[Target], str]
    tag: bytes
    times: int

    def body(self, target: Target) -> bytes:
        return envelope(self.name, self.content(target))

    def is_answer(self, status: int, body: bytes) -> bool:
        return status == 200 and body.count(self.tag) == 2 * self.times  # noqa: PLR2004 - it begins and ends


def new_user() -> str:
    number = next(_SERIAL)
    return (
        "<newUser><firstName>Sylvie</firstName><lastName>Tremblay</lastName>"
        f"<email>sylvie.{number}.{_RUN}@example.com</email><mobilePhone>+16505551212</mobilePhone></newUser>"
    )


def create_users(target_company: str, count: int) -> bytes:
    """A request that fills a company."""
    items = "".join(f"<item>{new_user()}</item>" for _ in range(count))
    return envelope("CreateUsers", f"<companyId>{target_company}</companyId>{items}")


def _get_user(target: Target) -> str:
    number = random.choice(target.user_numbers)  # noqa: S311 - no secret
    return f"<userRef><companyId>{target.company_id}</companyId><userNumber>{number}</userNumber></userRef>"


def _create_user(target: Target) -> str:
    control = f"<control><requestId>{_RUN}-{next(_SERIAL)}</requestId></control>"
    return f"{control}<companyId>{target.company_id}</companyId>{new_user()}"


def _list_users(target: Target) -> str:
    return f"<pageSize>{PAGE}</pageSize><companyId>{target.company_id}</companyId>"


OPERATIONS: Iterable[Operation] = (
    Operation("Ping", lambda _: "", b"serviceVersion>", 1),
    Operation("GetUser", _get_user, b"userNumber>", 1),
    Operation("CreateUser", _create_user, b"userNumber>", 1),
    Operation("ListUsers", _list_users, b"userNumber>", PAGE),
)
