"""What the page for choosing a PIN shows, in both languages. No script, no image, nothing from elsewhere."""

import base64
import hashlib
from html import escape

from provisioning.kernel.texts import Language, Text
from provisioning.messages import LinkedUser

STYLE = """
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#eef1f5;color:#1f2933;\
font:16px/1.5 system-ui,sans-serif}
main{box-sizing:border-box;width:min(26rem,100% - 2rem);margin:2rem 0;padding:2rem;background:#fff;\
border-radius:12px;box-shadow:0 2px 12px #1f293322}
h1{margin:0 0 1rem;font-size:1.4rem;line-height:1.25}
p{margin:0 0 1rem}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input{box-sizing:border-box;width:100%;padding:.6rem .75rem;border:1px solid #7b8794;border-radius:8px;\
font:inherit;letter-spacing:.15em}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #2f6fd6;outline-offset:2px}
button{width:100%;margin-top:1.5rem;padding:.75rem;border:0;border-radius:8px;background:#1d4f9c;color:#fff;\
font:inherit;font-weight:600;cursor:pointer}
button:hover{background:#173f7d}
small{color:#52606d}
nav{margin-top:1.5rem;font-size:.9rem;text-align:right}
a{color:#1d4f9c}
.wrong{padding:.75rem 1rem;border-left:4px solid #b42318;border-radius:4px;background:#fdecea}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")

_OTHER = {Language.EN: (Language.FR, "Français"), Language.FR: (Language.EN, "English")}
_CHOOSE = Text("Choose your PIN", "Choisissez votre NIP")
_HELLO = Text(
    "Hello {first_name}. Here you can choose the PIN of your telephone account {user_number} with {company_name}.",
    "Bonjour {first_name}. Vous pouvez choisir ici le NIP de votre compte téléphonique {user_number} chez {company_name}.",
)
_RULE = Text(
    "4 to 12 digits; no repeated digit, no run such as 1234, not your user number.",
    "De 4 à 12 chiffres; ni chiffre répété, ni suite comme 1234, ni votre numéro d'usager.",
)
_PIN = Text("New PIN", "Nouveau NIP")
_AGAIN = Text("New PIN once more", "Nouveau NIP, encore une fois")
_SAVE = Text("Save my PIN", "Enregistrer mon NIP")
_DONE = Text("Your PIN is set", "Votre NIP est enregistré")
_DONE_MORE = Text(
    "You can use your telephone account {user_number} with {company_name} with it from now on. "
    "You may close this page.",
    "Vous pouvez dès maintenant l'utiliser avec votre compte téléphonique {user_number} chez {company_name}. "
    "Vous pouvez fermer cette page.",
)
_OVER = Text("This link can no longer be used", "Ce lien ne peut plus servir")
_OVER_MORE = Text(
    "A link to choose a PIN can be used once, and only for some days. If you have chosen your PIN already, you need do "
    "nothing more. Otherwise ask your administrator or your provider to send you your access codes again: the new "
    "e-mail will have a new link.",
    "Un lien pour choisir un NIP ne sert qu'une fois, et pendant quelques jours seulement. Si vous avez déjà choisi "
    "votre NIP, vous n'avez rien d'autre à faire. Sinon, demandez à votre administrateur ou à votre fournisseur de vous "
    "envoyer de nouveau vos codes d'accès : le nouveau courriel contiendra un nouveau lien.",
)
NO_PIN = Text("A PIN has 4 to 12 digits.", "Un NIP compte de 4 à 12 chiffres.")
NOT_THE_SAME = Text("The two PINs are not the same.", "Les deux NIP ne sont pas identiques.")
NOT_FIT = Text("This PIN {reason}.", "Ce NIP {reason}.")


def form(user: LinkedUser, language: Language, wrong: str = "") -> str:
    """The form, with what was wrong with the last try."""
    names = {
        "first_name": user.first_name,
        "user_number": user.user_number,
        "company_name": user.company_name,
    }
    body = _paragraph(_HELLO.in_language(language, **names))
    if wrong:
        body += f'<p class="wrong" id="wrong" role="alert">{escape(wrong)}</p>'
    body += (
        '<form method="post">'
        + _field("pin", _PIN, language, more=" autofocus")
        + _field("again", _AGAIN, language)
        + f'<p><small id="rule">{escape(_RULE.in_language(language))}</small></p>'
        + f"<button>{_SAVE.in_language(language)}</button></form>"
    )
    return _page(_CHOOSE, body, language)


def done(user: LinkedUser, language: Language) -> str:
    names = {"user_number": user.user_number, "company_name": user.company_name}
    return _page(_DONE, _paragraph(_DONE_MORE.in_language(language, **names)), language, other=False)


def over(language: Language) -> str:
    return _page(_OVER, _paragraph(_OVER_MORE.in_language(language)), language)


def _field(name: str, label: Text, language: Language, more: str = "") -> str:
    return (
        f'<label for="{name}">{escape(label.in_language(language))}</label>'
        f'<input id="{name}" name="{name}" type="password" inputmode="numeric" pattern="[0-9]{{4,12}}" minlength="4"'
        f' maxlength="12" autocomplete="new-password" aria-describedby="rule" required{more}>'
    )


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _page(title: Text, body: str, language: Language, *, other: bool = True) -> str:
    heading = escape(title.in_language(language))
    other_language, its_name = _OTHER[language]
    switch = (
        f'<nav><a href="?lang={other_language}" lang="{other_language}">{its_name}</a></nav>' if other else ""
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{heading}</h1>\n{body}\n{switch}\n</main>\n</body>\n</html>\n"
    )
