"""The page that a link in an e-mail leads to: a user chooses a PIN there.

Who fetches it changes nothing; the link's token is all the proof there is, so it is logged nowhere and no other
site is told of it. Mail programs and scanners may fetch as they like.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import structlog
from starlette.types import Receive, Scope, Send

from provisioning.application import Application
from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import BackendUnavailable, InvalidRequest, Refusal
from provisioning.kernel.plain import read_plain
from provisioning.kernel.texts import Language
from provisioning.messages import PAGE_OPERATIONS, LinkedUser, LinkOver
from provisioning.wire import pin_html
from provisioning.wire.answers import plain, refuse, send_answer
from provisioning.wire.body import Body, Room, TooLong, TooShort, TooSlow
from provisioning.wire.exchange import HttpAnswer, headers_of
from provisioning.wire.media import UnfitMedia, read_content_type
from provisioning.wire.origin import Origins
from provisioning.wire.threads import Threads

log = structlog.get_logger("provisioning.wire")

_LONGEST = 4096
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{pin_html.STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}
_OPERATIONS = {each.name: each for each in PAGE_OPERATIONS}


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request: the token of its address, which language it asks for, from where it comes, what was filled in."""

    token: str
    asked: Language | None
    usual: Language
    source: str
    form: dict[str, str]

    def language(self, user: LinkedUser | None = None) -> Language:
        """What was asked for on the page, else the user's language, else the browser's."""
        return self.asked or (user.language if user else self.usual)


class PinPage:
    """``show`` is for GET and ``choose`` for POST."""

    def __init__(self, application: Application, threads: Threads, origins: Origins) -> None:
        self._dispatcher = application.dispatcher
        self._threads = threads
        self._origins = origins

    async def show(self, scope: Scope, _: Receive, send: Send) -> None:
        visit = self._visit(scope, {})
        answer = visit if isinstance(visit, HttpAnswer) else await self._work(self._form, visit)
        await send_answer(send, answer, self._threads, head=scope["method"] == "HEAD")

    async def choose(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body(receive, scope.get("deadline"))
        form = await _read_form(scope, body)
        visit = form if isinstance(form, HttpAnswer) else self._visit(scope, form)
        if isinstance(visit, HttpAnswer):
            await refuse(scope, body, send, visit, self._threads)
            return
        await send_answer(send, await self._work(self._choose, visit), self._threads)

    def _visit(self, scope: Scope, form: dict[str, str]) -> _Visit | HttpAnswer:
        headers, peer = headers_of(scope), scope["client"]
        source, secure = self._origins.of(peer[0] if peer else "", scope["scheme"], headers)
        if not secure:
            return plain(403, "This page is only shown over https.")
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
        french = headers.get("accept-language", "").lower().startswith("fr")
        return _Visit(
            token=scope["path_params"]["token"],
            asked=Language(asked) if asked in set(Language) else None,
            usual=Language.FR if french else Language.EN,
            source=source,
            form=form,
        )

    async def _work(self, work: Callable[[_Visit], HttpAnswer], visit: _Visit) -> HttpAnswer:
        """In a thread; whatever goes wrong is answered without a word of the insides."""
        if self._threads.full:
            return _unavailable(503)
        try:
            return await self._threads.run(work, visit)
        except BackendUnavailable:
            return _unavailable(503)
        except LinkOver:
            return _page(410, pin_html.over(visit.language()))
        except Refusal:
            return _page(404, pin_html.over(visit.language()))
        except Exception:
            log.exception("internal error", path="/pin")
            return _unavailable(500)

    def _form(self, visit: _Visit) -> HttpAnswer:
        user = self._open(visit)
        return _page(200, pin_html.form(user, visit.language(user)))

    def _choose(self, visit: _Visit) -> HttpAnswer:
        user = self._open(visit)
        language = visit.language(user)
        wrong = self._try_to_set(visit, user, language)
        if wrong:
            return _page(422, pin_html.form(user, language, wrong))
        return _page(200, pin_html.done(user, language))

    def _open(self, visit: _Visit) -> LinkedUser:
        """Whose link it is; nobody has called yet, so the caller is nobody."""
        nobody = Caller(client_id="", client_name="PIN link", provider_id="", source=visit.source)
        user: LinkedUser = self._perform("OpenPinLink", nobody, token=visit.token)
        return user

    def _try_to_set(self, visit: _Visit, user: LinkedUser, language: Language) -> str:
        """Why the PIN was not set; nothing when it was."""
        pin = visit.form.get("pin", "").strip()
        if not pin.isascii() or not pin.isdigit():
            return pin_html.NO_PIN.in_language(language)
        if pin != visit.form.get("again", "").strip():
            return pin_html.NOT_THE_SAME.in_language(language)
        caller = Caller(
            client_id=user.user_id,
            client_name="PIN link",
            provider_id=user.provider_id,
            company_id=user.company_id,
            user_id=user.user_id,
            source=visit.source,
        )
        try:
            self._perform("ChoosePin", caller, token=visit.token, pin=pin)
        except InvalidRequest as refusal:
            (violation,) = refusal.violations
            if violation.code != "TRIVIAL_PIN":
                return pin_html.NO_PIN.in_language(language)
            return pin_html.NOT_FIT.in_language(language, reason=violation.reason(language))
        return ""

    def _perform(self, name: str, caller: Caller, **fields: str) -> Any:
        operation = _OPERATIONS[name]
        return self._dispatcher.perform(operation, read_plain(operation.request, fields), caller)


async def _read_form(scope: Scope, body: Body) -> dict[str, str] | HttpAnswer:
    """The fields of a form, or the answer to what is none."""
    headers = headers_of(scope)
    try:
        if read_content_type(headers.get("content-type", "")).name != _FORM:
            return plain(415, f"The media type must be {_FORM}.")
        if int(headers.get("content-length", 0)) > _LONGEST:
            raise TooLong  # noqa: TRY301 - the same answer as when it turns out while reading
        octets = await body.read(_LONGEST, Room(0))
        fields = parse_qs(octets.decode("utf-8"), max_num_fields=10)
    except UnfitMedia as unfit:
        return plain(415, str(unfit))
    except TooLong:
        return plain(413, "The form is too long.")
    except TooSlow:
        return plain(408, "The request took too long to arrive.")
    except (TooShort, ValueError):
        return plain(400, "The form cannot be read.")
    return {name: values[-1] for name, values in fields.items()}


def _page(status: int, text: str) -> HttpAnswer:
    return HttpAnswer(
        status=status, content_type="text/html; charset=utf-8", body=text.encode("utf-8"), headers=_HEADERS
    )


def _unavailable(status: int) -> HttpAnswer:
    return plain(
        status,
        "Please try again in a moment. / Veuillez réessayer dans un instant.",
        cache_control="no-store",
        retry_after="5",
    )
