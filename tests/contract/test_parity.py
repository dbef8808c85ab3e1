"""The run time's reader and writer against spyne's: the same envelope gives the same request and the same answer."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from lxml import etree
from structlog.testing import capture_logs

from provisioning import catalogue
from provisioning.kernel.caller import Caller
from provisioning.kernel.credentials import NameAndSecret
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.errors import InUse, LimitReached, NotFound, Refusals, VersionConflict
from provisioning.kernel.operation import Mode, Operation
from provisioning.kernel.secrets import KeyRing
from provisioning.persistence.engine import open_database
from provisioning.settings import Settings
from provisioning.wire.soap.endpoint import SoapEndpoint
from provisioning.wire.soap.names import SECURITY, SERVICE, action
from provisioning.wire.soap.reference import ReferenceEndpoint
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from provisioning.wire.soap.writer import writer_of
from tests.contract import sample as contract_sample
from tests.contract.envelopes import Answer, envelope, http_request
from tests.contract.requests import requests
from tests.samples import sample

OPERATIONS = (*catalogue.PUBLISHED, *contract_sample.OPERATIONS)
BY_NAME = {each.name: each for each in OPERATIONS}
CALLER = Caller(client_id="c", client_name="c", provider_id="p", operator=True)

Run = Callable[[Any, Any, Any], Any]


@dataclasses.dataclass
class Paths:
    """Both paths over one dispatcher, whose operations keep what they were asked and answer with a full sample."""

    run_time: SoapEndpoint
    reference: ReferenceEndpoint
    asked: list[Any]

    def both(
        self, body: Any, version: Version, header: str = "", **more: Any
    ) -> tuple[Answer, Answer, list[Any]]:
        """The answers, and the requests that reached the operation."""
        self.asked.clear()
        request = http_request(envelope(body, version, header), version, **more)
        answers = Answer(self.run_time.answer(request)), Answer(self.reference.answer(request))
        return *answers, list(self.asked)


@pytest.fixture
def paths_over(tmp_path: Path) -> Iterator[Callable[..., Paths]]:
    database = open_database(f"sqlite:///{tmp_path / 'unused.db'}")

    def build(
        run: Run | None = None,
        authenticate: Callable[[Any], Caller] = lambda _: CALLER,
        operations: tuple[Operation, ...] = contract_sample.OPERATIONS,
    ) -> Paths:
        asked: list[Any] = []

        def standing_in(operation: Operation) -> Operation:
            def answer(request: Any, caller: Caller, unit: Any) -> Any:
                asked.append(request)
                return run(request, caller, unit) if run else sample(operation.result)

            return dataclasses.replace(operation, run=answer, mode=Mode.READ)

        settings = Settings(keys=KeyRing.new_key("test"))
        dispatcher = Dispatcher(
            operations={each.name: standing_in(each) for each in operations},
            database=database,
            authenticate=authenticate,
            settings=settings,
            keys=KeyRing.parse(settings.keys),
            reactions={},
            lost_races={},
        )
        return Paths(SoapEndpoint(dispatcher), ReferenceEndpoint(dispatcher), asked)

    with capture_logs() as logs:
        yield build
    database.engine.dispose()
    expected = "secret detail of the inside"
    assert [log for log in logs if expected not in str(log.get("exc_info"))] == []


def written(operation: Operation, request: Any) -> Any:
    """The element of an operation."""
    inside = writer_of(operation.request.type).write(request)
    return etree.fromstring(f'<{operation.name} xmlns="{SERVICE}">{inside}</{operation.name}>')


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_full_requests_of_every_operation(version: Version, paths_over: Callable[..., Paths]) -> None:
    paths = paths_over(operations=OPERATIONS)
    for operation in OPERATIONS:
        request = sample(operation.request)
        run_time, reference, asked = paths.both(written(operation, request), version)
        assert run_time.status == 200, run_time.body
        assert run_time == reference
        assert asked == [request, request]


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_any_request_of_any_operation(version: Version, paths_over: Callable[..., Paths]) -> None:
    paths = paths_over(operations=OPERATIONS)
    seen: Counter[int] = Counter()

    @examples(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        operation = BY_NAME[data.draw(st.sampled_from(sorted(BY_NAME)))]
        body = data.draw(requests(operation))
        shown = etree.tostring(body, encoding="unicode")
        run_time, reference, asked = paths.both(body, version)
        seen[run_time.status] += 1
        if run_time.status == 200:
            assert run_time == reference
            assert asked[0] == asked[1]
        else:
            assert asked == [], shown
            assert run_time.fault_code == reference.fault_code
            assert run_time.code == reference.code == "INVALID_REQUEST"

    check()
    assert min(seen[200], seen[500]) > 50


def _not_found(request: Any, caller: Caller, unit: Any) -> Any:
    raise NotFound(field="companyId", object="<&>", what="company")


def _several(request: Any, caller: Caller, unit: Any) -> Any:
    raise Refusals([InUse(field="a", count=3), LimitReached(field="b", limit="users", allowed=5, used=5)])


def _conflict(request: Any, caller: Caller, unit: Any) -> Any:
    raise VersionConflict(field="control.expectedVersion", current=7, expected=6, retry_after=3)


def _broken(request: Any, caller: Caller, unit: Any) -> Any:
    raise RuntimeError("secret detail of the inside")


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
@pytest.mark.parametrize("run", [_not_found, _several, _conflict, _broken])
def test_faults(run: Run, version: Version, paths_over: Callable[..., Paths]) -> None:
    operation = contract_sample.create_thing
    run_time, reference, _ = paths_over(run).both(written(operation, sample(operation.request)), version)
    assert run_time.status == 500
    assert run_time == reference
    assert "inside" not in str(run_time.tree)


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
@pytest.mark.parametrize("name", ["CreateThing", "NoSuchOperation"])
def test_strangers_learn_nothing_of_their_request(
    name: str, version: Version, paths_over: Callable[..., Paths]
) -> None:
    def refuse(_: Any) -> Caller:
        raise NotFound(what="caller")

    body = etree.Element(f"{{{SERVICE}}}{name}")
    run_time, reference, _ = paths_over(authenticate=refuse).both(body, version)
    assert run_time.code == "NOT_FOUND"
    assert run_time == reference


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_unknown_operation(version: Version, paths_over: Callable[..., Paths]) -> None:
    run_time, reference, _ = paths_over().both(etree.Element(f"{{{SERVICE}}}NoSuchOperation"), version)
    assert run_time.code == "INVALID_REQUEST"
    assert run_time == reference


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_action_of_another_operation(version: Version, paths_over: Callable[..., Paths]) -> None:
    body = etree.Element(f"{{{SERVICE}}}ListThings")
    other = action("CreateThing")
    headers = {"soapaction": f'"{other}"', "content-type": f'application/soap+xml; action="{other}"'}
    run_time, reference, asked = paths_over().both(body, version, headers=headers)
    assert (run_time.code, asked) == ("INVALID_REQUEST", [])
    assert run_time == reference


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_credentials_in_the_header(version: Version, paths_over: Callable[..., Paths]) -> None:
    shown: list[Any] = []

    def authenticate(credentials: Any) -> Caller:
        shown.append(credentials)
        return CALLER

    token = "<Username>client</Username><Password>secret</Password>"
    header = f'<Security xmlns="{SECURITY}"><UsernameToken>{token}</UsernameToken></Security>'
    body = etree.Element(f"{{{SERVICE}}}ListThings")
    run_time, reference, _ = paths_over(authenticate=authenticate).both(body, version, header)
    assert run_time.status == 200
    assert run_time == reference
    assert shown[0] == shown[1]
    assert shown[0].token == NameAndSecret("client", "secret")
