from tests.house import House, Plain
from tests.services.conftest import MAIL


def test_included_and_configured_services_are_shown(house: House, john: Plain) -> None:
    assert house.call("GetServiceConfiguration", userRef=john) == {"userId": john["userId"]}
    house.call("ConfigureService", userRef=john, code="MAIL", serviceSetting=MAIL)
    new = {"code": "P", "nameEn": "P", "nameFr": "P", "serviceCode": ["RECEPTIONIST", "FAX"]}
    house.call("CreateServicePackage", house.provider, newServicePackage=new)
    house.call("OfferServicePackages", packageCode=["P"])
    house.call("AddServicePackages", userRef=john, packageCode=["P"])
    services = house.call("GetServiceConfiguration", userRef=john)["userService"]
    assert [(each["code"], each["status"], each["included"]) for each in services] == [
        ("FAX", "NOT_CONFIGURED", True),
        ("MAIL", "INCOMPLETE", False),
        ("RECEPTIONIST", "CONFIGURED", True),
    ]
    one = house.call("GetServiceConfiguration", userRef=john, code="CALENDAR")["userService"]
    assert [(each["code"], each["included"]) for each in one] == [("CALENDAR", False)]
    assert house.refused("GetServiceConfiguration", userRef=john, code="NONE")["code"] == "NOT_FOUND"
