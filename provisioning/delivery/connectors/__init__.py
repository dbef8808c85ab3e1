"""Connectors to phone systems, by kind."""

from provisioning.delivery.connectors.asterisk import AsteriskConnector
from provisioning.delivery.connectors.base import Connector
from provisioning.delivery.connectors.kamailio import KamailioConnector
from provisioning.delivery.connectors.recording import RecordingConnector
from provisioning.kernel.secrets import KeyRing
from provisioning.phone_systems import AsteriskSettings, KamailioSettings, PhoneSystem

__all__ = ["open_connector"]


def open_connector(system: PhoneSystem, keys: KeyRing) -> Connector:
    """The connector to a phone system as it is configured. Opens no connection yet."""
    url = system.open_url(keys)
    match system.parsed_settings:
        case KamailioSettings() as settings:
            return KamailioConnector(url, system.provider_id, settings)
        case AsteriskSettings() as settings:
            return AsteriskConnector(url, system.provider_id, settings)
        case _:
            return RecordingConnector(url, system.provider_id)
