"""``provisioning demo``: everything a newcomer needs for a first call, made once and remembered in demo.json."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from provisioning.cli.keys import add_key
from provisioning.cli.operate import Operator, operating
from provisioning.cli.private_file import write_private
from provisioning.cli.show import show_table
from provisioning.kernel.caller import Right
from provisioning.kernel.credentials import Credentials, NameAndSecret
from provisioning.kernel.errors import Refusal
from provisioning.persistence.migrate import migrate
from provisioning.settings import Settings, read_settings

_NAME = "Demo"
_CODE = "DEMO"
# Numbers that no one will ever have: the fictitious part of an area code.
_INVENTORY = {"first": "+16505550100", "last": "+16505550199"}
_ALLOCATED = {"first": "+16505550100", "last": "+16505550149"}
_SHOWN = 10


@click.command()
def command() -> None:
    """Prepare a demo without serving it: what `serve --demo` prepares.

    Keys, database, a provider with its public service, a PRIVATE company, numbers, and a client with all rights
    for each of the two. What was there already stays. Names and secrets are in demo.json in the folder
    PROVISIONING_VAR, which only its owner can read.
    """
    show(prepare(read_settings()))


def prepare(settings: Settings) -> dict[str, Any]:
    """Make what is missing of the demo, and write down and answer what callers need to know."""
    settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone_in(settings.var):
        return _prepare(settings)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of two who start in one folder one prepares, and the other finds it done: keys above all."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _prepare(settings: Settings) -> dict[str, Any]:
    if not settings.keys and not settings.key_file.exists():
        add_key(settings.key_file)
    migrate(settings.database)
    memory = settings.var / "demo.json"
    known = _remembered(memory)
    with operating(settings) as operator:
        provider_id = _provider(operator)
        company_id = _company(operator, provider_id)
        demo = {
            "wsdl": f"{settings.address}/soap?wsdl",
            "soap": f"{settings.address}/soap",
            "xmlrpc": f"{settings.address}/xmlrpc",
            "provider": _account(operator, provider_id, None, known.get("provider")),
            "company": {
                "companyId": company_id,
                **_account(operator, provider_id, company_id, known.get("company")),
            },
            "dids": _numbers(operator, provider_id, company_id),
        }
    write_private(memory, json.dumps(demo, indent=2) + "\n")
    return demo


def show(demo: dict[str, Any]) -> None:
    """The demo on the terminal."""
    show_table(("address", ""), [(name.upper(), demo[name]) for name in ("wsdl", "soap", "xmlrpc")])
    accounts = [(whose, demo[whose]["client"], demo[whose]["secret"]) for whose in ("provider", "company")]
    show_table(("client of the", "name", "secret"), accounts)
    show_table(
        ("company", "free numbers"), [(demo["company"]["companyId"], " ".join(demo["dids"][:3]) + " ...")]
    )


def _remembered(memory: Path) -> dict[str, Any]:
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _provider(operator: Operator) -> str:
    for each in operator.perform("ListProviders").provider:
        if each.name == _NAME:
            return str(each.provider_id)
    return str(operator.perform("CreateProvider", name=_NAME).provider.provider_id)


def _company(operator: Operator, provider_id: str) -> str:
    for each in operator.every("ListCompanies", "company", provider_id, text=_CODE):
        if each.code == _CODE:
            return str(each.company_id)
    new = {"kind": "PRIVATE", "code": _CODE, "name": _NAME}
    return str(operator.perform("CreateCompany", provider_id, newCompany=new).company.company_id)


def _numbers(operator: Operator, provider_id: str, company_id: str) -> list[str]:
    """Some free numbers of the company; the first time, the inventory is filled and a half of it allocated."""
    if not operator.perform("ListDids", provider_id, companyId=company_id, pageSize=1).did:
        operator.perform("AddDids", provider_id, range=[_INVENTORY])
        operator.perform("AllocateDids", provider_id, companyId=company_id, range=[_ALLOCATED])
    free = operator.perform("ListDids", provider_id, companyId=company_id, state="AVAILABLE", pageSize=_SHOWN)
    return [each.number for each in free.did]


def _account(
    operator: Operator, provider_id: str, company_id: str | None, known: dict[str, str] | None
) -> dict[str, str]:
    """A client and its secret: the known ones while they are good, else new ones."""
    if known and _is_good(operator, known):
        return {"client": known["client"], "secret": known["secret"]}
    name = f"demo-{'company' if company_id else 'provider'}"
    for each in operator.every("ListClients", "client", provider_id):
        if each.name == name:
            made = operator.perform("RotateClientSecret", clientId=each.client_id)
            return {"client": name, "secret": made.secret}
    new = {"name": name, "companyId": company_id, "right": list(Right)}
    made = operator.perform("CreateClient", provider_id, newClient=new)
    return {"client": name, "secret": made.secret}


def _is_good(operator: Operator, known: dict[str, str]) -> bool:
    token = NameAndSecret(known.get("client", ""), known.get("secret", ""))
    try:
        operator.application.dispatcher.authenticate(
            Credentials(source="127.0.0.1", secure=True, token=token)
        )
    except Refusal:
        return False
    return True
