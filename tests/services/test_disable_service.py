from sqlalchemy import func, select

from provisioning.services.model import UserService
from tests.house import House, Plain
from tests.services.conftest import MAIL


def test_everything_of_a_service_is_forgotten(house: House, john: Plain) -> None:
    setting = [*MAIL, {"name": "password", "value": "not-to-be-seen"}]
    house.call("ConfigureService", userRef=john, code="MAIL", serviceSetting=setting)
    answer = house.call("DisableService", userRef=john, code="MAIL")
    assert answer["userService"]["status"] == "NOT_CONFIGURED"
    assert not answer["outcome"]["noChange"]
    with house.application.database.reading() as db:
        assert db.execute(select(func.count()).select_from(UserService)).scalar_one() == 0
    assert house.call("DisableService", userRef=john, code="MAIL")["outcome"]["noChange"]
    assert house.refused("DisableService", userRef=john, code="NONE")["code"] == "NOT_FOUND"
