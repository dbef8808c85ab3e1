"""WS-Security as far as it is taken: one UsernameToken, and a Timestamp. Signatures will join as a third part."""

import base64
import binascii
from datetime import datetime
from typing import Final

from provisioning.kernel.credentials import NameAndSecret, PasswordDigest
from provisioning.kernel.lexical import Invalid, read_moment
from provisioning.kernel.texts import Text
from provisioning.wire.soap.gate import Element, refused
from provisioning.wire.soap.names import (
    SECURITY,
    SECURITY_MESSAGES,
    SECURITY_UTILITY,
    USERNAME_PROFILE,
)

PASSWORD_TEXT: Final = f"{USERNAME_PROFILE}#PasswordText"
PASSWORD_DIGEST: Final = f"{USERNAME_PROFILE}#PasswordDigest"
BASE64_BINARY: Final = f"{SECURITY_MESSAGES}#Base64Binary"
_LONGEST_NONCE: Final = 128
_LONGEST_TEXT: Final = 256

_TOKEN_PARTS: Final = {
    f"{SECURITY} Username": "Username",
    f"{SECURITY} Password": "Password",
    f"{SECURITY} Nonce": "Nonce",
    f"{SECURITY_UTILITY} Created": "Created",
}
_TIMESTAMP_PARTS: Final = {
    f"{SECURITY_UTILITY} Created": "Created",
    f"{SECURITY_UTILITY} Expires": "Expires",
}
_HEADER_PARTS: Final = {
    f"{SECURITY} UsernameToken": "UsernameToken",
    f"{SECURITY_UTILITY} Timestamp": "Timestamp",
}

NOT_SUPPORTED = Text(
    "{part} in {parent} is not supported here; it may hold, once each: {known}",
    "{part} dans {parent} n'est pas pris en charge ici; il peut contenir, une fois chacun : {known}",
)
MISSING = Text("{parent} has no {part}", "{parent} n'a pas de {part}")
MALFORMED = Text("{part} in {parent} is malformed", "{part} dans {parent} est mal formé")
EXPIRED = Text("the message's Timestamp has expired", "l'horodatage (Timestamp) du message est échu")

UsernameToken = NameAndSecret | PasswordDigest


def read_security(header: Element, now: datetime) -> UsernameToken | None:
    """The token of a Security header, or None when there is a Timestamp at most."""
    parts = _parts(header, _HEADER_PARTS)
    if "Timestamp" in parts:
        _check_timestamp(parts["Timestamp"], now)
    return _read_token(parts["UsernameToken"]) if "UsernameToken" in parts else None


def _read_token(token: Element) -> UsernameToken:
    parts = _parts(token, _TOKEN_PARTS)
    for required in ("Username", "Password"):
        if required not in parts:
            raise _wrong("MISSING", MISSING, token, required)
    name = _text(token, parts["Username"])
    password = parts["Password"]
    nonce = _nonce(token, parts["Nonce"]) if "Nonce" in parts else None
    created = _text(token, parts["Created"]).strip() if "Created" in parts else None
    match password.attributes.get("Type", PASSWORD_TEXT):
        case kind if kind == PASSWORD_TEXT:
            return NameAndSecret(name, _text(token, password), nonce, created)
        case kind if kind == PASSWORD_DIGEST:
            if nonce is None or created is None:
                raise _wrong("MISSING", MISSING, token, "Created" if nonce else "Nonce")
            return PasswordDigest(name, _base64(token, password), nonce, created)
    raise _wrong("MALFORMED", MALFORMED, token, "Password/@Type")


def _check_timestamp(timestamp: Element, now: datetime) -> None:
    """A message that says it has expired is not run. Nothing signs this: it protects no one from a thief."""
    parts = _parts(timestamp, _TIMESTAMP_PARTS)
    try:
        moments = {name: read_moment(_text(timestamp, part)) for name, part in parts.items()}
    except Invalid:
        raise _wrong("MALFORMED", MALFORMED, timestamp, " / ".join(parts)) from None
    if moments.get("Expires", now) < now:
        raise refused("MESSAGE_EXPIRED", EXPIRED)


def _parts(parent: Element, known: dict[str, str]) -> dict[str, Element]:
    """The children by name: each known, each at most once."""
    parts: dict[str, Element] = {}
    for child in parent.children:
        name = known.get(child.tag)
        if name is None or name in parts:
            raise _wrong(
                "NOT_SUPPORTED", NOT_SUPPORTED, parent, child.local_name, known=", ".join(known.values())
            )
        parts[name] = child
    return parts


def _text(parent: Element, part: Element) -> str:
    if part.children or not part.text or len(part.text) > _LONGEST_TEXT:
        raise _wrong("MALFORMED", MALFORMED, parent, part.local_name)
    return part.text


def _nonce(token: Element, part: Element) -> bytes:
    nonce = _base64(token, part)
    if part.attributes.get("EncodingType", BASE64_BINARY) != BASE64_BINARY or len(nonce) > _LONGEST_NONCE:
        raise _wrong("MALFORMED", MALFORMED, token, "Nonce")
    return nonce


def _base64(parent: Element, part: Element) -> bytes:
    try:
        return base64.b64decode(_text(parent, part).strip(), validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("MALFORMED", MALFORMED, parent, part.local_name) from None


def _wrong(code: str, text: Text, parent: Element, part: str, **values: str) -> Exception:
    return refused(f"SECURITY_{code}", text, parent=parent.local_name, part=part, **values)
