"""Clients that really exist, and what they do with subscriptions."""

import dataclasses
from typing import Any

from provisioning.kernel.caller import ALL_RIGHTS, Caller, Right
from tests.house import House, Plain

# Nobody listens there, and nobody has to: the tests' settings let webhooks go to this machine.
URL = "https://127.0.0.1:9/hooks"


def client_of(house: House, name: str = "billing", company_id: str | None = None, **more: Any) -> Caller:
    """A client of the house's provider, or of a company, as the access room knows it."""
    new = {"name": name, "companyId": company_id, "right": list(Right), **more}
    made = house.operate("CreateClient", house.provider.provider_id, newClient=new)["client"]
    return Caller(
        client_id=made["clientId"],
        client_name=name,
        provider_id=house.provider.provider_id,
        company_id=company_id,
        rights=ALL_RIGHTS,
    )


def subscribe(house: House, caller: Caller, url: str = URL, **wishes: Any) -> Plain:
    """The subscription, and its secret beside."""
    made = house.call("CreateSubscription", caller, newSubscription={"url": url, **wishes})
    return {**made["subscription"], "secret": made["secret"]}


def listed(house: House, caller: Caller) -> list[Plain]:
    found: list[Plain] = house.call("ListSubscriptions", caller).get("subscription", [])
    return found


def change_something(house: House, number: int = 1, company_id: str | None = None) -> None:
    """A CompanyChanged."""
    for count in range(number):
        name = f"name {house.clock().timestamp()} {count}"
        house.call("UpdateCompany", house.provider, companyId=company_id or house.company_id, name=name)


def with_other_settings(house: House, **changes: Any) -> House:
    """The same house, decided otherwise by its operator."""
    application = house.application
    settings = dataclasses.replace(application.settings, **changes)
    dispatcher = dataclasses.replace(application.dispatcher, settings=settings)
    return house.in_another_process(
        dataclasses.replace(application, settings=settings, dispatcher=dispatcher)
    )
