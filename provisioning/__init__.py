"""Remote provisioning of hosted telephony by SOAP and XML-RPC."""
