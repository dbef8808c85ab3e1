"""The letters as they are unless a company has its own: in both languages, one paragraph after the other."""

from provisioning.kernel.texts import Language
from provisioning.messages.templates import Template
from provisioning.users import LetterKind

_EN = {
    LetterKind.ACCESS_CODES: Template(
        subject="Your access codes for {companyName}",
        text="""Hello {firstName},

Here are the access codes of your telephone account with {companyName}.

User number: {userNumber}
E-mail address: {email}

{accessCode}

You sign in with your user number or your e-mail address, and your PIN. Please keep your PIN to yourself: \
we will never ask you for it.

Kind regards,
{companyName}""",
    ),
    LetterKind.LEFT_COMPANY: Template(
        subject="Your account no longer belongs to {companyName}",
        text="""Hello {firstName},

Your telephone account no longer belongs to {companyName}. The extension, the telephone numbers and the services \
that came with the company have ended.

Your account itself goes on, with the same PIN. Your user number is {userNumber}.

Kind regards,
{companyName}""",
    ),
    LetterKind.DELETED: Template(
        subject="Your account with {companyName} has been closed",
        text="""Hello {firstName},

Your telephone account {userNumber} with {companyName} has been closed. It can no longer be used, and its telephone \
numbers have been released.

If you did not expect this, please contact {companyName}.

Kind regards,
{companyName}""",
    ),
    LetterKind.MESSAGE: Template(
        subject="{subject}",
        text="""Hello {firstName},

{text}

Kind regards,
{companyName}""",
    ),
    LetterKind.REMINDER: Template(
        subject="Your registration with {companyName} is not complete yet",
        text="""Hello {firstName},

Thank you for signing up with {companyName}. Your account is not open yet: the confirmation of your payment has not \
reached us so far.

As soon as it is here we will open your account and send you your access codes. If you have paid in the meantime, \
you need do nothing more.

Kind regards,
{companyName}""",
    ),
    LetterKind.EXPIRY_WARNING: Template(
        subject="Your account with {companyName} ends on {expiresOn}",
        text="""Hello {firstName},

Your telephone account {userNumber} with {companyName} can be used up to and including {expiresOn}. \
Time left: {daysLeft}.

If you would like to keep it, please contact {companyName} before that day.

Kind regards,
{companyName}""",
    ),
}
_FR = {
    LetterKind.ACCESS_CODES: Template(
        subject="Vos codes d'accès pour {companyName}",
        text="""Bonjour {firstName},

Voici les codes d'accès de votre compte téléphonique chez {companyName}.

Numéro d'usager : {userNumber}
Adresse de courriel : {email}

{accessCode}

Pour accéder à votre compte, utilisez votre numéro d'usager ou votre adresse de courriel, ainsi que votre NIP. \
Gardez votre NIP pour vous : nous ne vous le demanderons jamais.

Cordialement,
{companyName}""",
    ),
    LetterKind.LEFT_COMPANY: Template(
        subject="Votre compte ne fait plus partie de {companyName}",
        text="""Bonjour {firstName},

Votre compte téléphonique ne fait plus partie de {companyName}. L'extension, les numéros de téléphone et les services \
fournis par la compagnie ont pris fin.

Votre compte lui-même demeure, avec le même NIP. Votre numéro d'usager est le {userNumber}.

Cordialement,
{companyName}""",
    ),
    LetterKind.DELETED: Template(
        subject="Votre compte chez {companyName} a été fermé",
        text="""Bonjour {firstName},

Votre compte téléphonique {userNumber} chez {companyName} a été fermé. Il ne peut plus être utilisé et ses numéros \
de téléphone ont été libérés.

Si vous ne vous y attendiez pas, veuillez communiquer avec {companyName}.

Cordialement,
{companyName}""",
    ),
    LetterKind.MESSAGE: Template(
        subject="{subject}",
        text="""Bonjour {firstName},

{text}

Cordialement,
{companyName}""",
    ),
    LetterKind.REMINDER: Template(
        subject="Votre inscription chez {companyName} n'est pas encore terminée",
        text="""Bonjour {firstName},

Merci de vous être inscrit chez {companyName}. Votre compte n'est pas encore ouvert : la confirmation de votre \
paiement ne nous est pas encore parvenue.

Dès que nous l'aurons reçue, nous ouvrirons votre compte et vous enverrons vos codes d'accès. Si vous avez payé \
entre-temps, vous n'avez rien d'autre à faire.

Cordialement,
{companyName}""",
    ),
    LetterKind.EXPIRY_WARNING: Template(
        subject="Votre compte chez {companyName} prend fin le {expiresOn}",
        text="""Bonjour {firstName},

Votre compte téléphonique {userNumber} chez {companyName} peut être utilisé jusqu'au {expiresOn} inclusivement. \
Temps restant : {daysLeft}.

Si vous souhaitez le conserver, veuillez communiquer avec {companyName} avant cette date.

Cordialement,
{companyName}""",
    ),
}


def built_in(kind: LetterKind, language: Language) -> Template:
    return (_FR if language is Language.FR else _EN)[kind]
