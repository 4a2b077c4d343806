# SPDX-License-Identifier: Apache-2.0
"""Languages of the pages. Chinese is written in the source; English comes from a catalogue read at start."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale

CATALOGUES = Path(__file__).with_name("translations")
COOKIE = "linli-language"
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}


class SourceCatalogues(Domain):
    """Catalogues compiled in memory from their sources: no binary file is built, shipped or forgotten."""

    def __init__(self) -> None:
        super().__init__()
        with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            catalogue = read_po(file, locale="en")
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        self._english = Translations(fp=compiled)
        self._chinese = NullTranslations()

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the current page; Chinese needs none."""
        locale = get_locale()
        return self._english if locale is not None and locale.language == "en" else self._chinese


def chosen() -> str:
    """Return 'zh' or 'en': the cookie, else Chinese. A browser's own wish is not asked for: the board is Chinese."""
    value = request.cookies.get(COOKIE, "zh")
    return value if value in LOCALES else "zh"


def install(app: Flask) -> None:
    """Give the application its languages and Shanghai's time."""
    Babel(
        app,
        default_locale=LOCALES["zh"],
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: LOCALES[chosen()],
    )
    domain = SourceCatalogues()
    app.before_request(domain.as_default)
