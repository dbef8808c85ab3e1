"""Changes are posted to whoever subscribed to them."""

from provisioning.delivery.webhooks.pump import Pump

__all__ = ["Pump"]
