"""The services every installation knows. Providers add their own as data (``provisioning service define``)."""

from provisioning.services.model import Parameter, ParameterType, Service

MAIL_PROTOCOLS = ("EWS", "GDAPI", "OWA", "IMAP", "POP3")

BUILT_IN: tuple[Service, ...] = (
    Service(
        code="MAIL",
        en="Mail access",
        fr="Accès au courriel",
        parameters=(
            Parameter(
                name="protocol",
                en="Protocol",
                fr="Protocole",
                type=ParameterType.CHOICE,
                required=True,
                choices=MAIL_PROTOCOLS,
            ),
            Parameter(
                name="server",
                en="Mail server",
                fr="Serveur de courriels",
                type=ParameterType.HOST,
                required=True,
            ),
            Parameter(name="userName", en="User name", fr="Nom d'usager", required=True),
            Parameter(name="password", en="Password", fr="Mot de passe", required=True, secret=True),
        ),
    ),
    Service(
        code="CALENDAR",
        en="Calendar",
        fr="Agenda",
        parameters=(
            Parameter(name="server", en="Server", fr="Serveur", type=ParameterType.HOST, required=True),
            Parameter(name="userName", en="User name", fr="Nom d'usager", required=True),
            Parameter(name="password", en="Password", fr="Mot de passe", required=True, secret=True),
        ),
    ),
    Service(
        code="CONTACTS",
        en="Contacts",
        fr="Contacts",
        parameters=(
            Parameter(
                name="source",
                en="Where contacts come from",
                fr="Provenance des contacts",
                type=ParameterType.CHOICE,
                required=True,
                choices=("MAIL_SERVER", "PORTAL"),
            ),
        ),
    ),
    Service(
        code="VOICE_MAIL",
        en="Voice mail",
        fr="Messagerie vocale",
        parameters=(
            Parameter(
                name="notifyEmail", en="Notify by e-mail", fr="Aviser par courriel", type=ParameterType.EMAIL
            ),
            Parameter(
                name="attach", en="Attach recordings", fr="Joindre les messages", type=ParameterType.BOOLEAN
            ),
        ),
    ),
    Service(
        code="FAX",
        en="Fax",
        fr="Télécopie",
        parameters=(
            Parameter(
                name="deliverTo",
                en="Deliver to this address",
                fr="Livrer à cette adresse",
                type=ParameterType.EMAIL,
                required=True,
            ),
        ),
    ),
    Service(
        code="SMART_NUMBER",
        en="Smart number",
        fr="Numéro intelligent",
        parameters=(
            Parameter(
                name="ringFirst",
                en="Ring here first",
                fr="Sonner ici d'abord",
                type=ParameterType.PHONE,
                required=True,
            ),
            Parameter(name="ringSeconds", en="Seconds", fr="Secondes", type=ParameterType.NUMBER),
        ),
    ),
    Service(code="RECEPTIONIST", en="Virtual receptionist", fr="Réceptionniste virtuelle"),
    Service(code="ASSISTANT", en="Virtual assistant", fr="Assistante virtuelle"),
    Service(
        code="SIP_PHONE",
        en="SIP phone",
        fr="Téléphone SIP",
        parameters=(
            Parameter(name="model", en="Model", fr="Modèle"),
            Parameter(
                name="mac",
                en="MAC address",
                fr="Adresse MAC",
                required=True,
                pattern="([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}",
            ),
        ),
    ),
)
