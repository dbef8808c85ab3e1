"""A whole service in a test: composed as in production, on a database of its own, called without a front end."""

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from provisioning import catalogue
from provisioning.application import Application
from provisioning.kernel.caller import ALL_RIGHTS, Caller, Right, operator
from provisioning.kernel.dispatch import Call
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.plain import read_plain, write_plain
from provisioning.kernel.shape import shape_of

Plain = dict[str, Any]


class Refused(AssertionError):
    """A call was answered with a fault; the test sees it as a plain structure."""

    def __init__(self, fault: Plain) -> None:
        super().__init__(f"{fault['code']}: {fault['reason']} {fault.get('violation', '')}")
        self.fault = fault
        self.code = fault["code"]
        self.field = fault.get("field")


class SteppingClock:
    """The real time, plus what the test lets pass."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        now = datetime.now(UTC) + self.ahead
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def pass_time(self, **how_long: float) -> None:
        self.ahead += timedelta(**how_long)


@dataclass
class House:
    """The application and its first tenants. Calls go through the dispatcher, authenticated as a caller of one's choice."""

    application: Application
    clock: SteppingClock
    provider: Caller = field(init=False)
    company: Caller = field(init=False)
    company_id: str = field(init=False)
    public_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.provider, self.public_id = self.new_provider("Provider")
        self.company_id = self.new_company(self.provider, "ACME")
        self.company = self.client_of(self.provider.provider_id, self.company_id)

    def in_another_process(self, application: Application) -> "House":
        """The same tenants in a second composition of the service, on the same database."""
        other = copy.copy(self)
        other.application = application
        return other

    def call(self, name: str, caller: Caller | None = None, /, **fields: Any) -> Plain:
        """Call a published operation with fields in wire spelling; raises Refused on a fault."""
        dispatcher = self.application.dispatcher
        reply = dispatcher.run(
            Call(name, caller or self.company, lambda operation: read_plain(operation.request, fields))
        )
        if reply.fault is not None:
            raise Refused(write_plain(shape_of(ProvisioningFault), reply.fault))
        assert reply.operation is not None
        return write_plain(reply.operation.result, reply.result)

    def refused(self, name: str, caller: Caller | None = None, /, **fields: Any) -> Plain:
        """Call an operation that must be refused; its fault."""
        try:
            answer = self.call(name, caller, **fields)
        except Refused as refusal:
            return refusal.fault
        raise AssertionError(f"{name} was not refused: {answer}")

    def operate(self, operation_name: str, provider_id: str = "", /, **fields: Any) -> Plain:
        """Call an operation as the operator at the command line."""
        operation = next(
            each for each in (*catalogue.OPERATOR, *catalogue.PUBLISHED) if each.name == operation_name
        )
        result = self.application.dispatcher.perform(
            operation, read_plain(operation.request, fields), operator(provider_id)
        )
        return write_plain(operation.result, result)

    def new_provider(self, name: str, resting_days: int = 0) -> tuple[Caller, str]:
        """A provider's client with all rights, and the provider's public service."""
        provider = self.operate("CreateProvider", name=name, restingDays=resting_days)["provider"]
        return self.client_of(provider["providerId"]), provider["publicCompanyId"]

    def new_company(self, provider: Caller, code: str, kind: str = "PRIVATE", **more: Any) -> str:
        new = {"kind": kind, "code": code, "name": f"{code} Ltd", **more}
        company_id: str = self.call("CreateCompany", provider, newCompany=new)["company"]["companyId"]
        return company_id

    @staticmethod
    def client_of(
        provider_id: str, company_id: str | None = None, rights: frozenset[Right] = ALL_RIGHTS, **more: Any
    ) -> Caller:
        """A caller as the access room would have made it of a client."""
        name = f"client of {company_id or provider_id}"
        identity = more.pop("client_id", (company_id or provider_id)[::-1])
        return Caller(
            client_id=identity,
            client_name=name,
            provider_id=provider_id,
            company_id=company_id,
            rights=rights,
            **more,
        )
