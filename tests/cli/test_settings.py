from dataclasses import fields

from provisioning.settings import Settings
from tests.cli.conftest import Command


def test_every_setting_is_listed_with_its_use(provisioning: Command) -> None:
    listed = provisioning("settings").stdout
    for each in fields(Settings):
        assert f"PROVISIONING_{each.name.upper()}=" in listed
        assert each.metadata["doc"] in listed


def test_values_in_force_are_shown_and_defaults_marked(provisioning: Command) -> None:
    listed = provisioning(
        "settings", PROVISIONING_WORKERS="7", PROVISIONING_TRUSTED_PROXIES="10.0.0.1, 10.0.0.2"
    ).stdout
    assert "PROVISIONING_WORKERS=7\n" in listed
    assert "PROVISIONING_TRUSTED_PROXIES=10.0.0.1,10.0.0.2\n" in listed
    assert "PROVISIONING_THREADS=4 (default)\n" in listed
    assert "PROVISIONING_PLAIN_LOOPBACK=no (default)\n" in listed
    assert "PROVISIONING_PUBLIC_URL=http://127.0.0.1:" in listed
    assert "provisioning.db (default)\n" in listed


def test_no_secret_is_shown(provisioning: Command) -> None:
    listed = provisioning(
        "settings",
        PROVISIONING_KEYS="k1:c2VjcmV0",
        PROVISIONING_DATABASE_URL="postgresql+psycopg://me:hidden@host/db",
    ).stdout
    assert "PROVISIONING_KEYS=********\n" in listed
    assert "PROVISIONING_DATABASE_URL=********\n" in listed
    assert "hidden" not in listed
