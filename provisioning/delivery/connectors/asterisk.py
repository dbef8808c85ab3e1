"""Asterisk: PJSIP accounts, dialplan and voice mail in realtime tables."""

import secrets
from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from provisioning.delivery.connectors.ledger import Name
from provisioning.delivery.connectors.rows import Keyed, Row, delete_where
from provisioning.delivery.connectors.sql import SqlConnector
from provisioning.kernel.phone_state import PhoneState, SipPurpose
from provisioning.phone_systems import AsteriskSettings

_RING_SECONDS = 25
_PHONES = 5
_CODE_DIGITS = 10**8


class AsteriskConnector(SqlConnector):
    """A SIP name is an endpoint with its digest; numbers and the extension are lines of the dialplan.

    The endpoint's context says whether the service is open; the dialplan finds the company and the codes of call
    restrictions in the channel variables COMPANY and BARRED. Extensions are dialled as company-extension. SIP
    names are unique over all domains: Asterisk knows an endpoint by its name alone.
    """

    tables = (
        Keyed("ps_aors", ("id",)),
        Keyed("ps_auths", ("id",)),
        Keyed("ps_endpoints", ("id",)),
        Keyed("extensions", ("context", "exten", "priority")),
        Keyed("voicemail", ("context", "mailbox"), row_id="uniqueid"),
    )

    def __init__(self, url: str, provider_id: str, settings: AsteriskSettings) -> None:
        super().__init__(url, provider_id)
        self.settings = settings

    def rows_of(self, state: PhoneState) -> Iterator[Row]:
        for account in {each.username: each for each in state.sip_accounts}.values():
            name, digest = account.username, account.ha1(self.settings.realm)
            yield Row("ps_aors", (name,), {"max_contacts": _PHONES, "remove_existing": "yes"})
            yield Row(
                "ps_auths",
                (name,),
                {
                    "auth_type": "md5",
                    "username": name,
                    "realm": self.settings.realm,
                    "md5_cred": digest,
                },
            )
            yield Row("ps_endpoints", (name,), self._endpoint(name, state))
        yield from self._dialplan(state)
        if state.voicemail:
            yield from self._mailbox(state)

    def cut_off(self, connection: Connection, touched: Collection[Name]) -> None:
        """A contact in ps_contacts is called until it is gone. It goes with the digest that it was made with."""
        endpoints = {name for table, name in touched if table == "ps_auths"}
        delete_where(connection, "ps_contacts", [{"endpoint": each} for each in sorted(endpoints)])

    def _endpoint(self, name: str, state: PhoneState) -> dict[str, str | None]:
        primary = next((each.number for each in state.numbers if each.primary), "")
        return {
            "aors": name,
            "auth": name,
            "context": self.settings.context if state.service_open else self.settings.suspended_context,
            "disallow": "all",
            "allow": self.settings.allow,
            "direct_media": "no",
            "mailboxes": _mailbox_of(state) if state.voicemail else None,
            "callerid": f"<{primary}>" if primary else None,
            "accountcode": state.user_id,
            "set_var": f"COMPANY={state.company_id};BARRED={','.join(sorted(state.barred))}",
        }

    def _dialplan(self, state: PhoneState) -> Iterator[Row]:
        lines = [(self.settings.trunk_context, each.number) for each in state.numbers]
        if state.extension:
            lines.append((self.settings.extension_context, f"{state.company_id}-{state.extension}"))
        steps = list(_steps(state))
        for context, exten in lines:
            for priority, (app, appdata) in enumerate(steps, 1):
                yield Row("extensions", (context, exten, priority), {"app": app, "appdata": appdata})

    @staticmethod
    def _mailbox(state: PhoneState) -> Iterator[Row]:
        yield Row(
            "voicemail",
            (state.company_id, state.user_number),
            {
                "fullname": state.display_name[:80],
                "email": (state.email or "")[:80],
                "language": state.language,
                "attach": "yes",
            },
            # The PIN is not ours to hand out: the mailbox opens from the user's own phone, or once it is reset.
            initial={"password": f"{secrets.randbelow(_CODE_DIGITS):08}"},
        )


def _steps(state: PhoneState) -> Iterator[tuple[str, str]]:
    """What a call to the user does: ring the phone, go to the mailbox, end."""
    phones = {each.purpose: each.username for each in state.sip_accounts}
    phone = phones.get(SipPurpose.REGISTRATION) or phones.get(SipPurpose.DEFAULT)
    if phone and state.service_open:
        yield "Dial", f"PJSIP/{phone},{_RING_SECONDS}"
    if state.voicemail and state.service_open:
        yield "VoiceMail", f"{_mailbox_of(state)},u"
    yield "Hangup", "" if state.service_open else "21"


def _mailbox_of(state: PhoneState) -> str:
    return f"{state.user_number}@{state.company_id}"
