"""A process that makes one call and stops where the test wants to kill it.

Arguments: the caller as JSON, the requestId, "before" or "after" the commit. The environment has the settings.
"""

import dataclasses
import json
import sys
import time

from sqlalchemy import event
from sqlalchemy.orm import Session

from provisioning.application import compose
from provisioning.kernel.dispatch import Call
from provisioning.kernel.plain import read_plain
from provisioning.settings import read_settings
from tests.house import House


def main() -> None:
    who, request_id, where = sys.argv[1:]
    caller = House.client_of(json.loads(who)["provider"])
    dispatcher = dataclasses.replace(compose(read_settings()).dispatcher, authenticate=lambda _: caller)
    event.listen(Session, f"{where}_commit", stop)
    fields = {
        "newCompany": {"kind": "PRIVATE", "code": "ONCE", "name": "Once"},
        "control": {"requestId": request_id},
    }
    reply = dispatcher.run(
        Call("CreateCompany", caller, lambda operation: read_plain(operation.request, fields))
    )
    raise SystemExit(f"was not killed: {reply.fault}")


def stop(_: Session) -> None:
    """Tell the test, and wait to be killed."""
    print("here", flush=True)  # noqa: T201 - the test listens
    time.sleep(120)


if __name__ == "__main__":
    main()
