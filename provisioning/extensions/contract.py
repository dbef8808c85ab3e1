"""Messages of the extensions room."""

from dataclasses import dataclass
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import ExtensionNumber, Facet, Kind, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.users import UserRef

SuggestionCount = Annotated[
    int, Facet(Kind.INT, name="SuggestionCount", minimum=1, maximum=50, doc="How many, 1 to 50.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignExtensionRequest(Request):
    user_ref: Annotated[UserRef, "Who gets the extension."]
    extension: Annotated[ExtensionNumber, "The extension, with its leading zeros."]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignExtensionResult:
    """A user and its extension."""

    user_id: Annotated[ObjectId, "The user."]
    extension: Annotated[ExtensionNumber, "Its extension."]
    freed: Annotated[ExtensionNumber | None, "The extension it had before, free again."] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignExtensionRequest(Request):
    user_ref: Annotated[UserRef, "Whose extension is taken away."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignExtensionResult:
    """A user without an extension."""

    user_id: Annotated[ObjectId, "The user."]
    freed: Annotated[ExtensionNumber | None, "The extension it had, free again."] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestExtensionsRequest(Request):
    company_id: CompanyId = None
    near: Annotated[ExtensionNumber | None, "The wish; absent: the lowest extension."] = None
    count: Annotated[SuggestionCount | None, "How many at most, 1 to 50; 10 by default."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedExtensions:
    """Extensions that are free at this moment."""

    company_id: Annotated[ObjectId, "The company."]
    extension: Annotated[tuple[ExtensionNumber, ...], "Those nearest to the wish first."] = ()
