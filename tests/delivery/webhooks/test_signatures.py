"""Signatures are verified by others' code: the published package, and the receivers that the documentation shows."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from provisioning.delivery.webhooks.signing import signed_headers
from tests.delivery.webhooks.conftest import pump_of
from tests.delivery.webhooks.inbox import Inbox, pumping
from tests.house import House
from tests.subscriptions.desk import client_of, subscribe


def test_a_known_message_has_the_known_signature() -> None:
    """The example of the Standard Webhooks rules."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_what_arrives_is_verified_by_the_published_package(house: House, inbox: Inbox) -> None:
    made = subscribe(house, client_of(house), inbox.url, description="é")
    with pumping(pump_of(house)):
        (received,) = inbox.wait_for(1)
    headers = dict(received.headers)
    message = Webhook(made["secret"]).verify(received.body, headers)
    assert message == json.loads(received.body)
    other = subscribe(house, client_of(house, "other"), inbox.url)
    for secret, body in ((other["secret"], received.body), (made["secret"], received.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)
