"""Remote provisioning of hosted telephony by SOAP and XML-RPC."""

# Raised as `provisioning contract check` says. A new first number is a new namespace as well.
CONTRACT_VERSION = "1.0"
