"""Messages of the daily room. None is published: they are the operator's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from provisioning.kernel.messages import BatchRequest


class Kept(StrEnum):
    """What is kept only for a time."""

    ANSWERS = "ANSWERS"
    SIGN_INS = "SIGN_INS"
    CHANGES = "CHANGES"
    AUDIT = "AUDIT"
    MAILS = "MAILS"
    SUBSCRIPTIONS = "SUBSCRIPTIONS"
    RECONCILIATIONS = "RECONCILIATIONS"
    WARNINGS = "WARNINGS"
    RUNS = "RUNS"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOldRequest(BatchRequest):
    kept: Annotated[Kept, "Of what."]
