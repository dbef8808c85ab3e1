"""What this room refuses, beyond a request's form."""

from collections.abc import Callable

from provisioning.kernel.errors import Refusal
from provisioning.kernel.texts import Text
from provisioning.users.model import User, UserState


class DuplicateEmail(Refusal):
    code = "DUPLICATE_EMAIL"
    text = Text(
        "Another user has this e-mail address; allowDuplicateEmail lets both have it.",
        "Un autre usager possède cette adresse de courriel; allowDuplicateEmail permet de la partager.",
    )


class DuplicateExternalId(Refusal):
    code = "DUPLICATE_EXTERNAL_ID"
    text = Text(
        "Another user of the company has this external id.",
        "Un autre usager de la compagnie possède cet identifiant externe.",
    )


class UserNumberTaken(Refusal):
    code = "USER_NUMBER_TAKEN"
    text = Text(
        "The user number is not free: a user has it, or it rests after a deletion.",
        "Le numéro d'usager n'est pas libre : un usager le porte, ou il repose après une suppression.",
    )


class LastAdministrator(Refusal):
    code = "LAST_ADMINISTRATOR"
    text = Text(
        "This is the company's last administrator; make another user administrator first.",
        "C'est le dernier administrateur de la compagnie; nommez d'abord un autre administrateur.",
    )


class FreeSubscriber(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "The user is a free subscriber of a PUBLIC company, which it cannot leave: it can only be deleted.",
        "L'usager est un abonné libre d'une compagnie PUBLIC, qu'il ne peut quitter : on peut seulement le supprimer.",
    )


class RestoreWindowOver(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "The user is DELETED and can no longer be restored; create it anew.",
        "L'usager est DELETED et ne peut plus être rétabli; créez-le de nouveau.",
    )


_NEXT = {
    UserState.PENDING: Text(
        "The user is PENDING: its payment has to be confirmed first.",
        "L'usager est PENDING : son paiement doit d'abord être confirmé.",
    ),
    UserState.ACTIVE: Text("The user is ACTIVE already.", "L'usager est déjà ACTIVE."),
    UserState.SUSPENDED: Text(
        "The user is SUSPENDED: ResumeUser makes it ACTIVE again.",
        "L'usager est SUSPENDED : ResumeUser le rend de nouveau ACTIVE.",
    ),
    UserState.EXPIRED: Text(
        "The user is EXPIRED: give it a new expiresOn by UpdateUser.",
        "L'usager est EXPIRED : donnez-lui un nouveau expiresOn par UpdateUser.",
    ),
    UserState.REJECTED: Text(
        "The user is REJECTED: its sign-up ended; create it anew.",
        "L'usager est REJECTED : son inscription a pris fin; créez-le de nouveau.",
    ),
    UserState.DELETED: Text(
        "The user is DELETED: RestoreUser brings it back while its restore window lasts.",
        "L'usager est DELETED : RestoreUser le rétablit tant que dure le délai de rétablissement.",
    ),
}


class WrongState(Refusal):
    """Not in this state; the sentence says which step is possible."""

    code = "INVALID_STATE"

    def __init__(self, user: User, state: UserState, field: str) -> None:
        self.text = _NEXT[state]  # type: ignore[misc] # the sentence depends on the state
        super().__init__(field=field, object=user.id, state=state)


# The unique constraints behind the checks: who loses a race learns it in the same words.
LOST_RACES: dict[str, Callable[[], Refusal]] = {
    "uq_users_user_number": lambda: UserNumberTaken(field="newUser.userNumber"),
    "uq_users_external_id": lambda: DuplicateExternalId(field="newUser.externalId"),
    "uq_users_email": lambda: DuplicateEmail(field="newUser.email"),
}
