"""The command ``provisioning``: finds its groups, and says in one line what stopped it."""

from importlib import import_module
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from provisioning.cli.operate import Stopped, WrongUse
from provisioning.kernel.errors import Refusal
from provisioning.kernel.secrets import KeyRingError
from provisioning.kernel.texts import Language
from provisioning.persistence.engine import DatabaseBusy
from provisioning.settings import WrongSetting

GROUPS = (
    "serve",
    "relay",
    "daily",
    "demo",
    "migrate",
    "settings",
    "keys",
    "provider",
    "company",
    "client",
    "phone-system",
    "contract",
)


class Groups(click.Group):
    """Loads the module of a group when it is asked for: ``settings`` need not wait for the SOAP library."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in GROUPS:
            return None
        command: click.Command = import_module(f"provisioning.cli.{cmd_name.replace('-', '_')}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WrongSetting as error:
            raise WrongUse(str(error)) from None
        except Refusal as refusal:
            raise Stopped(_told(refusal)) from None
        except KeyRingError as error:
            raise Stopped(str(error)) from None
        except DatabaseBusy:
            raise Stopped("Another process is writing to the database; try again.") from None
        except OperationalError as error:
            raise Stopped(f"The database does not answer: {error.orig}".strip()) from None


def _told(refusal: Refusal) -> str:
    fields = [f"{each.field}: {each.reason(Language.EN)}" for each in refusal.violations if each.field]
    return f"{refusal.code}: {'; '.join(fields) or refusal.reason(Language.EN)}"


@click.command(cls=Groups, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="remote-provisioning")
def main() -> None:
    """Remote provisioning of hosted telephony: run the service and prepare it for its tenants.

    Settings come from the environment, prefix PROVISIONING_; `provisioning settings` lists them.
    """
