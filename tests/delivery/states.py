"""States of users for tests of connectors."""

import itertools
from dataclasses import replace
from typing import Any

from provisioning.kernel.clock import new_id
from provisioning.kernel.phone_state import HeldNumber, NumberUse, PhoneState, SipAccount, SipPurpose

_versions = itertools.count(1)


def state(user_id: str | None = None, **parts: Any) -> PhoneState:
    """An open account without anything, newer than all states before."""
    usual = PhoneState(
        user_id=user_id or new_id(),
        version=next(_versions),
        exists=True,
        service_open=True,
        company_id="c" * 26,
        display_name="Ann Lee",
        user_number="4711",
        email="ann@lee.example.com",
    )
    return replace(usual, **parts)


def changed(before: PhoneState, **parts: Any) -> PhoneState:
    """The same user later."""
    return replace(before, **{"version": next(_versions), **parts})


def gone(before: PhoneState) -> PhoneState:
    """The same user, deleted."""
    return PhoneState(user_id=before.user_id, version=next(_versions))


def phone(
    username: str, secret: str | None = None, purpose: SipPurpose = SipPurpose.REGISTRATION
) -> tuple[SipAccount, ...]:
    secret = secret or f"the secret of {username}"
    return (SipAccount(purpose=purpose, username=username, secret=secret),)


def numbers(*given: str) -> tuple[HeldNumber, ...]:
    """DIDs, the first one primary."""
    return tuple(
        HeldNumber(number=number, use=NumberUse.VOICE, primary=place == 0)
        for place, number in enumerate(given)
    )
