from tests.cli.conftest import Command


def test_migrate_says_whether_there_was_something_to_do(
    provisioning: Command, environment: dict[str, str], empty_database_url: str
) -> None:
    environment["PROVISIONING_DATABASE_URL"] = empty_database_url
    assert provisioning("migrate", "--check").exit_code == 1
    assert provisioning("migrate").stdout == "The database was migrated.\n"
    assert provisioning("migrate").stdout == "The database was up to date already.\n"
    assert provisioning("migrate", "--check").exit_code == 0


def test_migrate_makes_the_folder_of_the_usual_database(
    provisioning: Command, environment: dict[str, str]
) -> None:
    assert provisioning("migrate").exit_code == 0
    assert provisioning("migrate", "--check", **environment).exit_code == 0
