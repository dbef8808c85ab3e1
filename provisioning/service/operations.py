"""Operations of the service room: about the service itself, open to every client."""

from functools import lru_cache
from importlib.metadata import version

from provisioning import CONTRACT_VERSION
from provisioning.access import ClientMode
from provisioning.kernel import idempotency
from provisioning.kernel.caller import ALL_RIGHTS, Caller
from provisioning.kernel.errors import CODES
from provisioning.kernel.facets import MOST_PAGE
from provisioning.kernel.operation import Operation, reads
from provisioning.kernel.paging import USUAL_PAGE
from provisioning.kernel.shape import Shape
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.service import contract
from provisioning.settings import Settings

SERVICE_VERSION = version("remote-provisioning")


class ContractAsked:
    """A question that the catalogue answers: which operations are published?"""

    def __init__(self) -> None:
        self.published: tuple[Operation, ...] = ()

    def tell(self, published: tuple[Operation, ...]) -> None:
        self.published = published


@reads(None, quick=True)
def ping(request: contract.PingRequest, caller: Caller, unit: UnitOfWork) -> contract.Pong:
    """Answer at once, and touch nothing: whether the service is there and the credentials are right."""
    return contract.Pong(time=unit.now, service_version=SERVICE_VERSION, contract_version=CONTRACT_VERSION)


@reads(None)
def get_capabilities(
    request: contract.GetCapabilitiesRequest, caller: Caller, unit: UnitOfWork
) -> contract.Capabilities:
    """What this installation can do: contract versions, limits, enumerations, numbers of mail protocols, and
    who calls with which rights.
    """
    asked = ContractAsked()
    unit.ask(asked)
    return contract.Capabilities(
        contract_version=(CONTRACT_VERSION,),
        service_limits=_limits(unit.settings),
        enumeration=_enumerations(asked.published),
        mail_protocol_number=tuple(
            contract.MailProtocolNumber(number=number, protocol=protocol)
            for number, protocol in sorted(unit.settings.mail_protocol_numbers.items())
        ),
        calling_client=_calling(caller),
    )


@reads(None)
def list_error_codes(
    request: contract.ListErrorCodesRequest, caller: Caller, unit: UnitOfWork
) -> contract.ErrorCodeList:
    """Every code that a fault may carry, with its number in XML-RPC and its meaning in English and French."""
    return contract.ErrorCodeList(
        error_code=tuple(
            contract.ErrorCode(
                code=each.code,
                family=each.family,
                number=each.number,
                retryable=each.retryable,
                meaning_en=each.meaning.en,
                meaning_fr=each.meaning.fr,
            )
            for each in sorted(CODES.values(), key=lambda code: code.number)
        )
    )


@reads(None, quick=True)
def get_request_status(
    request: contract.GetRequestStatusRequest, caller: Caller, unit: UnitOfWork
) -> contract.RequestStatus:
    """What became of a request of the calling client, by its requestId: after a time-out, for instance.

    DONE is definite: what the request asked for is kept. UNKNOWN says that nothing is, so the request may be
    sent again with the same requestId; it is also what a request is that was done longer ago than requestIds
    are kept.
    """
    # In this order: a call that ends between the two looks has left its row.
    runs = unit.is_held(unit.db, idempotency.lock_key(caller.client_id, request.request_id))
    kept = idempotency.find_kept(unit.db, caller.client_id, request.request_id)
    if kept is not None:
        return contract.RequestStatus(
            state=contract.RequestState.DONE,
            operation=kept.operation,
            transaction_id=kept.transaction_id,
            at=kept.at,
        )
    return contract.RequestStatus(
        state=contract.RequestState.IN_PROGRESS if runs else contract.RequestState.UNKNOWN
    )


OPERATIONS = (ping, get_capabilities, list_error_codes, get_request_status)


def _limits(settings: Settings) -> contract.ServiceLimits:
    return contract.ServiceLimits(
        most_page_items=MOST_PAGE,
        usual_page_items=USUAL_PAGE,
        most_body_octets=settings.max_body,
        most_elements=settings.max_elements,
        deadline_seconds=settings.deadline,
        request_id_days=settings.retention_days,
        changes_days=settings.changes_days,
        restore_days=settings.restore_days,
        reservation_minutes=settings.reservation_minutes,
    )


def _calling(caller: Caller) -> contract.CallingClient:
    return contract.CallingClient(
        name=caller.client_name,
        scope=caller.scope,
        company_id=caller.company_id,
        right=tuple(sorted(ALL_RIGHTS if caller.operator else caller.rights)),
        mode=ClientMode.TEST if caller.test else ClientMode.LIVE,
    )


@lru_cache(maxsize=2)
def _enumerations(published: tuple[Operation, ...]) -> tuple[contract.Enumeration, ...]:
    """The enumerations that the messages of the published operations have, by name."""
    found: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for operation in published:
        _collect(operation.request, found, seen)
        _collect(operation.result, found, seen)
    return tuple(contract.Enumeration(name=name, value=found[name]) for name in sorted(found))


def _collect(shape: Shape, found: dict[str, tuple[str, ...]], seen: set[str]) -> None:
    if shape.name in seen:
        return
    seen.add(shape.name)
    for field in shape.fields:
        if field.shape is not None:
            _collect(field.shape, found, seen)
        elif field.facet is not None and field.facet.enum is not None:
            found[field.facet.name or ""] = tuple(field.facet.enum)
