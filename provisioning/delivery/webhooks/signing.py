"""What is posted, and its signature by the Standard Webhooks rules, version 1."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

from provisioning.changes import Change
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.plain import write_plain
from provisioning.kernel.shape import shape_of


def message_id(change: Change) -> str:
    """The same at every attempt, so that a receiver recognises a repeat."""
    return f"msg_{change.change_id}"


def body_of(change: Change) -> bytes:
    """A change as ListChanges shows it, in JSON."""
    message = {
        "type": change.kind,
        "timestamp": write_moment(change.at),
        "data": write_plain(shape_of(Change), change),
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def signed_headers(secret: str, identifier: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that prove who posts the body, and when."""
    moment = str(int(now.timestamp()))
    key = base64.b64decode(secret.partition("_")[2])
    signed = b".".join([identifier.encode("ascii"), moment.encode("ascii"), body])
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
    return {
        "webhook-id": identifier,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }
