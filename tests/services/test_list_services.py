from provisioning.services.built_in import BUILT_IN
from tests.house import House


def test_every_service_describes_its_parameters(house: House) -> None:
    listed = {each["code"]: each for each in house.call("ListServices")["serviceDescriptor"]}
    assert set(listed) == {each.code for each in BUILT_IN}
    parameters = {each["name"]: each for each in listed["MAIL"]["serviceParameter"]}
    assert parameters["protocol"]["choice"] == ["EWS", "GDAPI", "OWA", "IMAP", "POP3"]
    assert parameters["password"]["secret"]
    assert not parameters["server"]["secret"]
    assert listed["SMART_NUMBER"]["nameFr"] == "Numéro intelligent"


def test_a_provider_adds_its_own_services_and_changes_known_ones(house: House) -> None:
    lift = {
        "name": "floor",
        "nameEn": "Floor",
        "nameFr": "Étage",
        "type": "NUMBER",
        "required": True,
        "secret": False,
    }
    descriptor = {"code": "LIFT", "nameEn": "Lift", "nameFr": "Ascenseur", "serviceParameter": [lift]}
    house.operate("DefineService", house.provider.provider_id, serviceDescriptor=descriptor)
    fax = {"code": "FAX", "nameEn": "Fax by post", "nameFr": "Télécopie par poste"}
    house.operate("DefineService", house.provider.provider_id, serviceDescriptor=fax)
    house.operate("DefineService", house.provider.provider_id, serviceDescriptor=fax)
    listed = {each["code"]: each for each in house.call("ListServices")["serviceDescriptor"]}
    assert listed["LIFT"]["serviceParameter"] == [lift]
    assert listed["FAX"] == fax
    stranger, _ = house.new_provider("Stranger")
    assert "LIFT" not in {each["code"] for each in house.call("ListServices", stranger)["serviceDescriptor"]}
