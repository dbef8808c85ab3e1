from pathlib import Path

from tests.cli.conftest import Command


def test_what_is_rendered_passes_the_check(provisioning: Command, tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    assert provisioning("contract", "check", *folder).exit_code == 1
    written = provisioning("contract", "render", *folder).stdout
    assert "wsdl/provisioning.wsdl" in written
    assert (tmp_path / "schemas" / "provisioning.xsd").exists()
    assert provisioning("contract", "check", *folder).exit_code == 0
    assert provisioning("contract", "render", *folder).stdout == ""


def test_a_difference_is_named(provisioning: Command, tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    provisioning("contract", "render", *folder)
    (tmp_path / "schemas" / "provisioning.xsd").write_text("changed", "utf-8")
    result = provisioning("contract", "check", *folder)
    assert result.exit_code == 1
    assert "schemas/provisioning.xsd differs" in result.stderr
    assert "provisioning contract render" in result.stderr
