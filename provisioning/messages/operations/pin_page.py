"""What the page does that a user comes to by a link: whose link it is, and the PIN that was chosen.

The token is the proof of who calls; the page has no other. Nothing but choosing a PIN changes anything: whoever
fetches addresses out of e-mails to see what they are uses no link up.
"""

from provisioning.companies import Company
from provisioning.kernel.caller import Caller
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages import store
from provisioning.messages.contract import ChoosePinRequest, ChoosePinResult, LinkedUser, PinLinkRequest
from provisioning.messages.model import LinkOver, LinkUnknown
from provisioning.users import User, UserRef, find_user, give_pin, refuse_trivial


@reads(None)
def open_pin_link(request: PinLinkRequest, caller: Caller, unit: UnitOfWork) -> LinkedUser:
    """Whose link this is. For the page alone. Errors: NOT_FOUND, INVALID_STATE (used or too old)."""
    user = _holder(unit, request.token)
    company = unit.db.get_one(Company, user.company_id)
    return LinkedUser(
        user_id=user.id,
        provider_id=user.provider_id,
        company_id=user.company_id,
        first_name=user.first_name,
        user_number=user.user_number,
        company_name=company.name,
        language=Language(user.language),
    )


@writes(None)
def choose_pin(request: ChoosePinRequest, caller: Caller, unit: UnitOfWork) -> ChoosePinResult:
    """Set the PIN of the user whom the link is for; all links of that user are over then. For the page alone.

    Errors: NOT_FOUND, INVALID_STATE (used or too old), INVALID_REQUEST (a trivial PIN).
    """
    user = find_user(unit, UserRef(user_id=caller.user_id), field="token", lock=True)
    if _holder(unit, request.token) is not user:
        raise LinkUnknown(field="token")
    refuse_trivial(request.pin, user.user_number, "pin")
    give_pin(unit, user, request.pin)
    return ChoosePinResult()


def _holder(unit: UnitOfWork, token: str) -> User:
    link = store.pin_link(unit.db, token)
    if link is None:
        raise LinkUnknown(field="token")
    user = unit.db.get_one(User, link.user_id)
    if link.ended_at is not None or link.expires_at <= unit.now or not user.living:
        raise LinkOver(field="token")
    return user
