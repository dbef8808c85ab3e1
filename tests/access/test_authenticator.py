import pytest

from provisioning.kernel.caller import Right, Scope
from provisioning.kernel.credentials import BearerSecret, NameAndSecret
from provisioning.kernel.texts import Language
from tests.access.conftest import Door, Token, digest_token, new_client
from tests.house import House

FAILED = "AUTHENTICATION_FAILED"


def test_a_name_and_its_secret_make_a_caller(house: House, door: Door) -> None:
    client = new_client(house)
    caller = door.enter(NameAndSecret("billing", client["secret"]), "203.0.113.9")
    assert (caller.client_id, caller.client_name) == (client["clientId"], "billing")
    assert (caller.provider_id, caller.company_id) == (house.provider.provider_id, None)
    assert (caller.scope, caller.source, caller.test) == (Scope.PROVIDER, "203.0.113.9", False)
    assert caller.rights == {Right.USERS_READ, Right.COMPANIES_WRITE, Right.COMPANIES_READ}


def test_a_company_client_sees_its_company(house: House, door: Door) -> None:
    client = new_client(house, companyId=house.company_id)
    caller = door.enter(NameAndSecret("billing", client["secret"]))
    assert (caller.scope, caller.company_id) == (Scope.COMPANY, house.company_id)


def test_a_bearer_secret_needs_no_name(house: House, door: Door) -> None:
    client = new_client(house)
    assert door.enter(BearerSecret(client["secret"])).client_id == client["clientId"]


def test_a_password_digest_proves_the_secret(house: House, door: Door) -> None:
    client = new_client(house)
    assert door.enter(digest_token("billing", client["secret"], door.now())).client_id == client["clientId"]


def test_a_call_without_credentials_is_told_what_to_send(door: Door) -> None:
    refusal = door.refused(None)
    assert refusal.code == FAILED
    assert "HTTP Basic" in refusal.reason(Language.EN)


@pytest.mark.parametrize("kind", ["basic", "digest", "bearer"])
def test_a_plain_connection_is_refused_with_the_right_secret_too(house: House, door: Door, kind: str) -> None:
    secret = new_client(house)["secret"]
    tokens: dict[str, Token] = {
        "basic": NameAndSecret("billing", secret),
        "digest": digest_token("billing", secret, door.now()),
        "bearer": BearerSecret(secret),
    }
    refusal = door.refused(tokens[kind], secure=False)
    assert refusal.code == FAILED
    assert "TLS" in refusal.reason(Language.FR)


def test_whatever_is_wrong_the_text_is_the_same(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    new_client(house, "elsewhere", network=["198.51.100.0/24"])
    expired = new_client(house, "expired", expiresAt=door.now(60))
    revoked = new_client(house, "revoked")
    house.operate("RevokeClient", house.provider.provider_id, clientId=revoked["clientId"])
    house.clock.pass_time(seconds=61)
    refusals = [
        door.refused(NameAndSecret("billing", "rps_wrong")),
        door.refused(NameAndSecret("billing", secret + "x")),
        door.refused(NameAndSecret("nobody", secret)),
        door.refused(NameAndSecret("no name: at all\0", secret)),
        door.refused(NameAndSecret("b\udcff", "s\udcff")),
        door.refused(NameAndSecret("", "")),
        door.refused(NameAndSecret("x" * 100_000, "y" * 100_000)),
        door.refused(NameAndSecret("elsewhere", "rps_wrong"), "198.51.100.7"),
        door.refused(NameAndSecret("expired", expired["secret"])),
        door.refused(NameAndSecret("revoked", revoked["secret"])),
        door.refused(BearerSecret("rps_wrong")),
        door.refused(BearerSecret(revoked["secret"])),
        door.refused(digest_token("billing", "rps_wrong", door.now())),
        door.refused(digest_token("nobody", secret, door.now())),
        door.refused(digest_token("billing", secret, door.now(-301))),
        door.refused(digest_token("billing", secret, "yesterday")),
    ]
    assert {refusal.code for refusal in refusals} == {FAILED}
    assert len({refusal.reason(Language.EN) for refusal in refusals}) == 1
    assert all(refusal.field is None and not refusal.values for refusal in refusals)


def test_the_source_network_is_judged(house: House, door: Door) -> None:
    secret = new_client(house, network=["198.51.100.0/24", "2001:db8::/32"])["secret"]
    token = NameAndSecret("billing", secret)
    for inside in ("198.51.100.7", "::ffff:198.51.100.7", "2001:db8:5::1"):
        assert door.enter(token, inside).source == inside
    for outside in ("198.51.101.7", "2001:db9::1", "", "unix:"):
        assert door.refused(token, outside).code == FAILED


def test_the_last_moment_before_the_expiry_is_good(house: House, door: Door) -> None:
    secret = new_client(house, expiresAt=door.now(60))["secret"]
    house.clock.pass_time(seconds=50)
    assert door.enter(NameAndSecret("billing", secret))
    house.clock.pass_time(seconds=10)
    assert door.refused(NameAndSecret("billing", secret)).code == FAILED


def test_the_writes_of_a_test_client_are_dry_runs(house: House, door: Door) -> None:
    secret = new_client(house, mode="TEST")["secret"]
    caller = door.enter(NameAndSecret("billing", secret))
    assert caller.test
    new = {"kind": "PRIVATE", "code": "T", "name": "T"}
    answer = house.call("CreateCompany", caller, newCompany=new, control={"requestId": "t-1"})
    assert answer["outcome"]["dryRun"]
    missing = house.refused("GetCompany", caller, companyId=answer["company"]["companyId"])
    assert missing["code"] == "NOT_FOUND"


def test_a_secret_is_nowhere_in_the_database(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    with house.application.database.reading() as db:
        connection = db.connection()
        tables = (
            connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                if connection.dialect.name == "sqlite"
                else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            .scalars()
            .all()
        )
        kept = "\n".join(
            str(row)
            for table in tables
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
        )
    assert "billing" in kept
    assert secret not in kept
    assert secret.removeprefix("rps_") not in kept
