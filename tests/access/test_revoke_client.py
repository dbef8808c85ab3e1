from provisioning.kernel.credentials import BearerSecret, NameAndSecret
from tests.access.conftest import Door, new_client
from tests.house import House


def test_a_revoked_client_is_refused_at_once(house: House, door: Door) -> None:
    client = new_client(house)
    assert door.enter(NameAndSecret("billing", client["secret"]))
    revoked = house.call("RevokeClient", house.provider, clientId=client["clientId"])["client"]
    assert revoked["revokedAt"]
    assert door.refused(NameAndSecret("billing", client["secret"]))
    assert door.refused(BearerSecret(client["secret"]))


def test_revoking_again_changes_nothing(house: House) -> None:
    client = new_client(house)
    first = house.call("RevokeClient", house.provider, clientId=client["clientId"])
    again = house.call("RevokeClient", house.provider, clientId=client["clientId"])
    assert again["outcome"]["noChange"]
    assert again["client"] == first["client"]


def test_its_name_can_be_given_anew(house: House, door: Door) -> None:
    client = new_client(house)
    house.call("RevokeClient", house.provider, clientId=client["clientId"])
    other = new_client(house)
    assert door.enter(NameAndSecret("billing", other["secret"])).client_id == other["clientId"]
    assert door.refused(NameAndSecret("billing", client["secret"]))


def test_what_is_not_the_callers_is_not_there(house: House) -> None:
    client = new_client(house)
    fault = house.refused("RevokeClient", house.company, clientId=client["clientId"])
    assert fault["code"] == "NOT_FOUND"


def test_a_deleted_companys_clients_are_revoked(house: House, door: Door) -> None:
    doomed = house.new_company(house.provider, "DOOMED")
    client = new_client(house, "doomed", companyId=doomed)
    other = new_client(house, "other", companyId=house.company_id)
    house.call("DeleteCompany", house.provider, companyId=doomed)
    assert door.refused(NameAndSecret("doomed", client["secret"]))
    assert door.enter(NameAndSecret("other", other["secret"]))
    fault = house.refused("CreateClient", house.provider, newClient={"name": "late", "companyId": doomed})
    assert fault["code"] == "NOT_FOUND"
