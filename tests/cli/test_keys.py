import stat
from pathlib import Path

from sqlalchemy import create_engine, text

from provisioning import catalogue
from provisioning.application import compose
from provisioning.kernel.secrets import KeyRing
from provisioning.settings import read_settings
from tests.cli.conftest import Command


def test_a_new_key_file_is_private_and_a_key_ring(provisioning: Command, tmp_path: Path) -> None:
    assert provisioning("keys", "new").exit_code == 0
    path = tmp_path / "var" / "keys"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sealed = KeyRing.parse(path.read_text("ascii")).seal("text", "owner")
    assert sealed.startswith("k1.")


def test_a_further_key_seals_only_after_the_rotation(provisioning: Command, tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys"
    provisioning("migrate")
    provisioning("keys", "new")
    provisioning("keys", "new")
    assert KeyRing.parse(path.read_text("ascii")).seal("text", "owner").startswith("k1.")
    rotated = provisioning("keys", "rotate")
    assert rotated.stdout == "Key k2 seals; 0 secrets were sealed under it again.\n"
    assert KeyRing.parse(path.read_text("ascii")).seal("text", "owner").startswith("k2.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_rotation_seals_again_what_is_sealed(
    provisioning: Command, environment: dict[str, str], empty_database_url: str
) -> None:
    environment["PROVISIONING_DATABASE_URL"] = empty_database_url
    provisioning("demo")
    provisioning("keys", "new")
    assert provisioning("keys", "rotate").stdout == "Key k2 seals; 2 secrets were sealed under it again.\n"
    engine = create_engine(empty_database_url)
    with engine.connect() as connection:
        sealed = connection.scalars(text("SELECT sealed FROM client_secrets")).all()
    engine.dispose()
    assert [each.partition(".")[0] for each in sealed] == ["k2", "k2"]
    application = compose(read_settings(environment))
    with application.database.writing() as db:
        assert [reseal(db, application.keys) for reseal in catalogue.RESEALS] == [0] * len(catalogue.RESEALS)
    application.database.engine.dispose()


def test_without_a_key_file_there_is_nothing_to_rotate(provisioning: Command) -> None:
    result = provisioning("keys", "rotate")
    assert result.exit_code == 1
    assert "`provisioning keys new` makes one" in result.stderr


def test_keys_of_the_environment_are_not_ours_to_change(provisioning: Command) -> None:
    for command in ("new", "rotate"):
        result = provisioning("keys", command, PROVISIONING_KEYS=KeyRing.new_key("mine"))
        assert result.exit_code == 1
        assert "take them to a file first" in result.stderr
