"""Providers and companies. The door: what other rooms may call."""

from provisioning.companies.contract import CompanyId
from provisioning.companies.model import (
    LOST_RACES,
    AccessCodesForm,
    Company,
    CompanyChanged,
    CompanyCreated,
    CompanyDeleted,
    CompanyKind,
    CompanyResumed,
    CompanyState,
    CompanySuspended,
    Provider,
)
from provisioning.companies.operations import OPERATIONS, OPERATOR_OPERATIONS, CompanyCounting
from provisioning.companies.store import find_company, public_service

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "OPERATOR_OPERATIONS",
    "AccessCodesForm",
    "Company",
    "CompanyChanged",
    "CompanyCounting",
    "CompanyCreated",
    "CompanyDeleted",
    "CompanyId",
    "CompanyKind",
    "CompanyResumed",
    "CompanyState",
    "CompanySuspended",
    "Provider",
    "find_company",
    "public_service",
]
