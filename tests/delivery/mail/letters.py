"""Letters as the mail tests send them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from provisioning.delivery.mail.envelope import write_mail
from provisioning.delivery.mail.mailer import Mail
from provisioning.mail_server import read_sender
from provisioning.messages import ComposedLetter

LETTER = ComposedLetter(
    message_id="064fb0k5n0000000000000000a@provisioning.example.com",
    to_name="Zoë Lee",
    to_address="zoe@lee.example.com",
    language="fr",
    subject="Vos codes d'accès",
    text="Bonjour Zoë,\n\n.un point en tête\nVoici la page : https://provisioning.example.com/pin/abc=def\n",
    html="<p>Bonjour Zoë,</p>",
)
WRITTEN_AT = datetime(2026, 11, 22, 13, 14, 15, tzinfo=UTC)


def mail_of(sender: str = "Phones <phones@provisioning.example.com>", **changes: Any) -> Mail:
    read = read_sender(sender)
    assert read is not None
    return write_mail(replace(LETTER, **changes), read, WRITTEN_AT)
