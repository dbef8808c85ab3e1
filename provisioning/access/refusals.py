"""Why a caller is not let in. What an attacker could learn from stands in none of them."""

from provisioning.kernel.errors import CODES, Refusal
from provisioning.kernel.texts import Text


class AuthenticationFailed(Refusal):
    """One text for everything that can be wrong with credentials."""

    code = "AUTHENTICATION_FAILED"
    text = Text(
        "The client's name or secret is not right, the message's Created is more than five minutes old or lies "
        "ahead of the service's time, or the client has expired, is revoked or may not call from this address.",
        "Le nom ou le secret du client est inexact, l'élément Created du message date de plus de cinq minutes ou "
        "devance l'heure du service, ou le client est échu, révoqué ou ne peut appeler depuis cette adresse.",
    )


class NoCredentials(AuthenticationFailed):
    text = Text(
        "The call has no credentials: send the client's name and secret by HTTP Basic or in a WS-Security "
        "UsernameToken.",
        "L'appel ne porte aucun justificatif : envoyez le nom et le secret du client par HTTP Basic ou dans un "
        "UsernameToken de WS-Security.",
    )


class NotSecure(AuthenticationFailed):
    text = Text(
        "Credentials are taken over TLS only: call the service by https. The secret just sent over a plain "
        "connection should be replaced.",
        "Les justificatifs ne sont acceptés que par TLS : appelez le service en https. Le secret envoyé à "
        "l'instant sur une connexion en clair devrait être remplacé.",
    )


class ReplayedMessage(Refusal):
    code = "REPLAYED_MESSAGE"
    text = CODES["REPLAYED_MESSAGE"].meaning


class ClientLocked(Refusal):
    code = "CLIENT_LOCKED"
    text = CODES["CLIENT_LOCKED"].meaning


class RateLimited(Refusal):
    code = "RATE_LIMITED"
    text = CODES["RATE_LIMITED"].meaning
