from provisioning.access import reseal
from provisioning.access.model import ClientSecret
from provisioning.kernel.credentials import BearerSecret, NameAndSecret
from provisioning.kernel.secrets import KeyRing
from tests.access.conftest import Door, digest_token, new_client
from tests.house import House


def rotate(house: House, client_id: str, **more: object) -> str:
    secret: str = house.call("RotateClientSecret", house.provider, clientId=client_id, **more)["secret"]
    return secret


def test_without_an_overlap_the_old_secret_ends_at_once(house: House, door: Door) -> None:
    client = new_client(house)
    new = rotate(house, client["clientId"])
    assert door.enter(NameAndSecret("billing", new))
    assert door.refused(NameAndSecret("billing", client["secret"]))
    assert new != client["secret"]


def test_during_the_overlap_both_are_taken(house: House, door: Door) -> None:
    client = new_client(house)
    new = rotate(house, client["clientId"], overlapMinutes=10)
    for secret in (client["secret"], new):
        assert door.enter(NameAndSecret("billing", secret))
        assert door.enter(BearerSecret(secret))
        assert door.enter(digest_token("billing", secret, door.now()))
    house.clock.pass_time(minutes=10)
    assert door.refused(NameAndSecret("billing", client["secret"]))
    assert door.refused(BearerSecret(client["secret"]))
    assert door.enter(NameAndSecret("billing", new))


def test_there_are_never_more_than_two(house: House, door: Door) -> None:
    client = new_client(house)
    second = rotate(house, client["clientId"], overlapMinutes=10)
    third = rotate(house, client["clientId"], overlapMinutes=10)
    assert door.refused(NameAndSecret("billing", client["secret"]))
    assert door.enter(NameAndSecret("billing", second))
    assert door.enter(NameAndSecret("billing", third))


def test_a_replay_shows_no_secret_and_rotates_nothing(house: House, door: Door) -> None:
    client = new_client(house)
    control = {"requestId": "r-1"}
    new = rotate(house, client["clientId"], control=control)
    again = house.call("RotateClientSecret", house.provider, clientId=client["clientId"], control=control)
    assert "secret" not in again
    assert door.enter(NameAndSecret("billing", new))


def test_a_revoked_client_gets_none(house: House) -> None:
    client = new_client(house)
    house.call("RevokeClient", house.provider, clientId=client["clientId"])
    fault = house.refused("RotateClientSecret", house.provider, clientId=client["clientId"])
    assert fault["code"] == "INVALID_STATE"


def test_an_expected_version_is_compared(house: House) -> None:
    client = new_client(house)
    control = {"expectedVersion": 2}
    fault = house.refused("RotateClientSecret", house.provider, clientId=client["clientId"], control=control)
    assert fault["code"] == "VERSION_CONFLICT"


def test_secrets_are_sealed_again_under_a_new_key(house: House, door: Door) -> None:
    clients = [new_client(house, name) for name in ("one", "two")]
    old = house.application.settings.keys
    keys = KeyRing.parse(f"{KeyRing.new_key('newer')} {old}")
    with house.application.database.writing() as db:
        assert reseal(db, keys) == 2
        assert reseal(db, keys) == 0
        db.commit()
    door.authenticator._keys = keys
    with house.application.database.reading() as db:
        assert {each.sealed.partition(".")[0] for each in db.query(ClientSecret)} == {"newer"}
    for client in clients:
        assert door.enter(digest_token(client["name"], client["secret"], door.now()))
