"""Sending e-mails to users."""

from collections.abc import Collection

from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.clock import new_id
from provisioning.kernel.facts import Letter
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages import contract
from provisioning.messages.contract import SendingRequest, SendingResult
from provisioning.messages.model import MessagesSent, OwnWords
from provisioning.messages.recipients import recipients
from provisioning.users import LIVING, LetterKind, UserState

_WITH_CODES = tuple(each for each in LIVING if each is not UserState.PENDING)


@writes(Right.MESSAGES_WRITE)
def send_access_codes(request: SendingRequest, caller: Caller, unit: UnitOfWork) -> SendingResult:
    """Send users their access codes by e-mail: the user number and, as the company has it (sendAccessCodesAs), a link
    by which the PIN is chosen once, or the PIN itself. No operation ever answers either.

    To users by name, or to all of a company that a filter means, at most 10,000 a call; each gets one e-mail, after
    the call is kept. A filter leaves out PENDING users; one who is named is refused. Errors: NOT_FOUND, INVALID_STATE
    (PENDING, deleted or rejected), INVALID_REQUEST (both or none of userRef and userFilter), LIMIT_REACHED.
    """
    return _send(unit, request, LetterKind.ACCESS_CODES, _WITH_CODES)


@writes(Right.MESSAGES_WRITE)
def send_message(request: contract.SendMessageRequest, caller: Caller, unit: UnitOfWork) -> SendingResult:
    """Send users an e-mail of one's own: a subject and a text, in which nothing is a placeholder. The greeting is in
    each user's language; the text goes as it is.

    To users by name, or to all of a company that a filter means, at most 10,000 a call. Errors: NOT_FOUND,
    INVALID_STATE (deleted or rejected), INVALID_REQUEST (both or none of userRef and userFilter), LIMIT_REACHED.
    """
    words = OwnWords(id=new_id(), subject=request.subject, text=request.text, created_at=unit.now)
    result = _send(unit, request, LetterKind.MESSAGE, LIVING, {"wordsId": words.id})
    if result.letters:
        unit.db.add(words)
    return result


@writes(Right.MESSAGES_WRITE)
def send_reminder(request: SendingRequest, caller: Caller, unit: UnitOfWork) -> SendingResult:
    """Remind PENDING users by e-mail that their sign-up waits for the payment.

    To users by name, or to all of a company that a filter means, at most 10,000 a call. A filter means only PENDING
    users; one in another state who is named is refused. Errors: NOT_FOUND, INVALID_STATE (not PENDING),
    INVALID_REQUEST (both or none of userRef and userFilter), LIMIT_REACHED.
    """
    return _send(unit, request, LetterKind.REMINDER, (UserState.PENDING,))


def _send(
    unit: UnitOfWork,
    request: SendingRequest,
    kind: LetterKind,
    states: Collection[UserState],
    detail: dict[str, str] | None = None,
) -> SendingResult:
    """One letter for each user, and one fact for each company: how many, never what they say."""
    count = 0
    for each in recipients(unit, request, states):
        count += len(each.user_ids)
        letters = tuple(Letter(user_id=user_id, kind=kind, detail=detail or {}) for user_id in each.user_ids)
        told = {"kind": kind.value, "count": len(letters)}
        unit.record(
            MessagesSent(
                object_id=each.company_id,
                provider_id=each.provider_id,
                company_id=each.company_id,
                detail=told,
                letters=letters,
            )
        )
    return SendingResult(letters=count)
