"""What is said to people, in the two languages of the contract."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Language(StrEnum):
    """The languages of texts: English or French."""

    EN = "en"
    FR = "fr"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; names in braces are filled in."""

    en: str
    fr: str

    def in_language(self, language: Language, **values: Any) -> str:
        template = self.fr if language is Language.FR else self.en
        return template.format(**values)
