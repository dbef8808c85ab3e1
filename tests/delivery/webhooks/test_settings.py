"""What an operator decides of webhooks, and what the service does not start with."""

from pathlib import Path

import pytest

from provisioning.settings import WrongSetting, read_settings
from tests.delivery.webhooks.certificates import Certificates


def test_networks_and_authorities_are_read(certificates: Certificates) -> None:
    settings = read_settings(
        {
            "PROVISIONING_WEBHOOK_NETWORKS": "10.20.0.0/16, fd00::/8",
            "PROVISIONING_WEBHOOK_CA_FILE": str(certificates.authority),
        }
    )
    assert settings.webhook_networks == ("10.20.0.0/16", "fd00::/8")


@pytest.mark.parametrize("network", ["10.20.0.1/16", "everywhere", "10.20.0.0/99"])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(WrongSetting, match="PROVISIONING_WEBHOOK_NETWORKS"):
        read_settings({"PROVISIONING_WEBHOOK_NETWORKS": network})


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_what_holds_no_certificates_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(WrongSetting, match="PROVISIONING_WEBHOOK_CA_FILE"):
        read_settings({"PROVISIONING_WEBHOOK_CA_FILE": str(file)})
