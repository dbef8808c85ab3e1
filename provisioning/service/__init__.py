"""The service about itself. The door."""

from provisioning.service.operations import OPERATIONS, ContractAsked

__all__ = ["OPERATIONS", "ContractAsked"]
