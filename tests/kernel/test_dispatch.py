"""The promises of every operation, kept by the one dispatcher."""

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from provisioning.companies import Company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import CODES
from provisioning.kernel.idempotency import RequestRow
from provisioning.kernel.journal import AuditEntry, Change
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.operation import reads, rehearses, writes
from provisioning.kernel.outbox import OutboxRow
from provisioning.kernel.texts import Text
from provisioning.kernel.unit_of_work import UnitOfWork
from tests.house import House, Plain
from tests.kernel.conftest import with_operations

NEW = {"kind": "PRIVATE", "code": "NEW", "name": "New"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequest(Request):
    code: Annotated[str, "New code of the caller's company."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeen:
    """A code."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWarned:
    """A code after a write."""

    code: str
    outcome: Outcome = UNDECIDED


def counts(house: House) -> list[int]:
    """How many rows of each kind a call may leave."""
    with house.application.database.reading() as db:
        return [
            db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Company, Change, AuditEntry, OutboxRow, RequestRow)
        ]


def create(house: House, new: Plain | None = None, /, **control: Any) -> Plain:
    return house.call("CreateCompany", house.provider, newCompany=new or NEW, control=control)


def refused(house: House, new: Plain | None = None, /, **control: Any) -> Plain:
    return house.refused("CreateCompany", house.provider, newCompany=new or NEW, control=control)


def test_a_change_leaves_an_audit_row_with_everything_about_the_call(house: House) -> None:
    caller = dataclasses.replace(house.provider, source="192.0.2.7")
    made = house.call("CreateCompany", caller, newCompany=NEW, control={"requestId": "order-1"})
    with house.application.database.reading() as db:
        entry = db.get_one(AuditEntry, made["outcome"]["transactionId"])
    assert (entry.client_id, entry.client_name) == (caller.client_id, caller.client_name)
    assert (entry.source, entry.operation, entry.request_id) == ("192.0.2.7", "CreateCompany", "order-1")
    assert (entry.provider_id, entry.company_id) == (caller.provider_id, None)
    assert entry.changes >= 1


def test_a_repeat_gets_the_first_answer_though_the_world_has_moved_on(house: House) -> None:
    first = create(house, requestId="order-1")
    house.call("UpdateCompany", house.provider, companyId=first["company"]["companyId"], name="Newer")
    before = counts(house)
    again = create(house, requestId="order-1", language="fr", dryRun=False)
    assert again["company"] == first["company"]
    assert again["outcome"] == {**first["outcome"], "replayed": True}
    assert counts(house) == before


def test_an_id_serves_one_question_only(house: House) -> None:
    create(house, requestId="order-1")
    fault = refused(house, {**NEW, "code": "OTHER"}, requestId="order-1")
    assert (fault["code"], fault["field"], fault["retryable"]) == (
        "REQUEST_ID_REUSED",
        "control.requestId",
        False,
    )
    other = house.refused(
        "UpdateCompany", house.provider, companyId=house.company_id, control={"requestId": "order-1"}
    )
    assert other["code"] == "REQUEST_ID_REUSED"
    assert "CreateCompany" in other["reason"]


def test_an_id_is_its_clients_own(house: House) -> None:
    create(house, requestId="order-1")
    stranger, _ = house.new_provider("Other")
    made = house.call("CreateCompany", stranger, newCompany=NEW, control={"requestId": "order-1"})
    assert not made["outcome"]["replayed"]


def test_a_refused_request_uses_no_id_up(house: House) -> None:
    before = counts(house)
    for new in ({**NEW, "code": "ACME"}, {**NEW, "extensionFirst": "9", "extensionLast": "1"}):
        refused(house, new, requestId="order-1")
    assert counts(house) == before
    assert not create(house, requestId="order-1")["outcome"]["replayed"]


def test_a_dry_run_says_what_would_be_and_keeps_nothing(house: House) -> None:
    before = counts(house)
    dry = create(house, dryRun=True, requestId="order-1")
    assert dry["company"]["code"] == "NEW"
    assert (dry["outcome"]["dryRun"], dry["outcome"]["noChange"]) == (True, False)
    assert refused(house, {**NEW, "code": "ACME"}, dryRun=True)["code"] == "DUPLICATE_CODE"
    assert counts(house) == before
    assert not create(house, requestId="order-1")["outcome"]["replayed"]


def test_a_test_clients_writes_are_dry_runs_whatever_it_says(house: House) -> None:
    before = counts(house)
    caller = dataclasses.replace(house.provider, test=True)
    for control in ({}, {"dryRun": False}, {"requestId": "order-1"}):
        made = house.call("CreateCompany", caller, newCompany=NEW, control=control)
        assert made["outcome"]["dryRun"]
    assert counts(house) == before


def test_nothing_to_do_is_a_success_that_leaves_nothing(house: House) -> None:
    before = counts(house)
    same = house.call("UpdateCompany", house.provider, companyId=house.company_id, code="ACME")
    assert same["outcome"]["noChange"]
    assert counts(house) == before


def test_an_expected_version_is_compared(house: House) -> None:
    def rename(version: int, name: str = "Renamed") -> dict[str, Any]:
        return {"companyId": house.company_id, "name": name, "control": {"expectedVersion": version}}

    fault = house.refused("UpdateCompany", house.provider, **rename(9))
    assert (fault["code"], fault["field"]) == ("VERSION_CONFLICT", "control.expectedVersion")
    assert (fault["currentVersion"], fault["retryable"]) == (1, False)
    assert house.call("UpdateCompany", house.provider, **rename(1))["company"]["version"] == 2
    assert house.refused("UpdateCompany", house.provider, **rename(1, "Late"))["currentVersion"] == 2


def test_a_version_cannot_be_expected_of_what_is_new(house: House) -> None:
    before = counts(house)
    fault = refused(house, expectedVersion=1)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "control.expectedVersion")
    assert counts(house) == before


@pytest.mark.parametrize("language", ["en", "fr"])
def test_reasons_are_in_the_language_asked_for(house: House, language: str) -> None:
    fault = refused(house, {**NEW, "code": "ACME", "extensionFirst": "1"}, language=language)
    word = "déjà" if language == "fr" else "already"
    assert word in " ".join(each["reason"] for each in fault["violation"])


def test_without_a_language_reasons_are_english(house: House) -> None:
    assert "already" in refused(house, {**NEW, "code": "ACME"})["reason"]


def test_every_violation_of_the_contract_is_reported(house: House) -> None:
    fault = house.refused("CreateCompany", house.provider, newCompany={"kind": "HUGE", "code": "-", "x": 1})
    assert {each["field"] for each in fault["violation"]} == {
        "newCompany.kind",
        "newCompany.code",
        "newCompany.name",
        "newCompany.x",
    }
    assert fault["field"] == fault["violation"][0]["field"]


def test_rights_and_scopes_come_before_the_request_is_read(house: House) -> None:
    nobody = dataclasses.replace(house.provider, rights=frozenset({Right.USERS_READ}))
    assert house.refused("CreateCompany", nobody, nonsense=1)["code"] == "NOT_PERMITTED"
    assert house.refused("CreateCompany", house.company, nonsense=1)["code"] == "NOT_PERMITTED"


def test_an_unknown_operation_is_the_callers_mistake(house: House) -> None:
    fault = house.refused("LaunchRocket")
    assert (fault["code"], fault["violation"][0]["code"]) == ("INVALID_REQUEST", "UNKNOWN_OPERATION")


@writes(Right.COMPANIES_WRITE)
def stumble(request: CodeRequest, caller: Caller, unit: UnitOfWork) -> CodeWarned:
    """Write something, then fail in a way that nobody foresaw."""
    company = unit.db.get_one(Company, caller.company_id)
    company.code = request.code
    unit.db.flush()
    raise RuntimeError(f"secret place /var/lib, {request.code}")


def test_what_nobody_foresaw_is_a_constant_text_and_leaves_nothing(house: House) -> None:
    with_operations(house, stumble)
    before = counts(house)
    with capture_logs() as logged:
        fault = house.refused("Stumble", code="STUMBLED", control={"requestId": "order-1"})
    assert fault == {
        "code": "INTERNAL",
        "reason": CODES["INTERNAL"].meaning.en,
        "retryable": CODES["INTERNAL"].retryable,
        "transactionId": fault["transactionId"],
    }
    assert [(each["log_level"], each["transaction"]) for each in logged] == [
        ("error", fault["transactionId"])
    ]
    assert counts(house) == before
    assert house.call("GetCompany")["code"] == "ACME"
    with pytest.raises(RuntimeError):
        house.application.dispatcher.perform(
            stumble, CodeRequest(code="X"), dataclasses.replace(house.company, operator=True)
        )


@rehearses(Right.COMPANIES_WRITE)
def rehearse_code(request: CodeRequest, caller: Caller, unit: UnitOfWork) -> CodeSeen:
    """Show what a new code would look like."""
    company = unit.db.get_one(Company, caller.company_id)
    company.code = request.code
    unit.db.flush()
    return CodeSeen(code=unit.db.scalars(select(Company.code).where(Company.id == company.id)).one())


@reads(Right.COMPANIES_READ)
def write_in_a_read(request: CodeRequest, caller: Caller, unit: UnitOfWork) -> CodeSeen:
    """Forget that this is a read."""
    unit.db.get_one(Company, caller.company_id).code = request.code
    return CodeSeen(code=request.code)


@writes(Right.COMPANIES_WRITE)
def warn_only(request: CodeRequest, caller: Caller, unit: UnitOfWork) -> CodeWarned:
    """Tell the caller something."""
    unit.warn("CAREFUL", Text("Mind {what}.", "Gare à {what}."), what=request.code)
    return CodeWarned(code=request.code)


def test_a_rehearsal_is_never_kept(house: House) -> None:
    with_operations(house, rehearse_code)
    before = counts(house)
    control = {"requestId": "order-1", "dryRun": False}
    assert house.call("RehearseCode", code="SHOWN", control=control) == {"code": "SHOWN"}
    assert house.call("RehearseCode", code="OTHER", control=control) == {"code": "OTHER"}
    assert house.call("GetCompany")["code"] == "ACME"
    assert counts(house) == before


def test_a_read_keeps_nothing_by_mistake(house: House) -> None:
    with_operations(house, write_in_a_read)
    assert house.call("WriteInARead", code="LOST")
    assert house.call("GetCompany")["code"] == "ACME"


def test_warnings_are_in_the_language_asked_for(house: House) -> None:
    with_operations(house, warn_only)
    answer = house.call("WarnOnly", code="ice", control={"language": "fr"})
    assert answer["outcome"]["warning"] == [{"code": "CAREFUL", "reason": "Gare à ice."}]
