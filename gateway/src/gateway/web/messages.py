# SPDX-License-Identifier: Apache-2.0
"""python -m gateway.web.messages: bring the English catalogue in line with what the pages say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
CATALOGUE = HERE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}

HEADER = """# English words of the pages; the Chinese ones are in the source.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def used() -> Iterator[tuple[str, str]]:
    """Yield every text the pages say, with the file that says it."""
    for file, _line, text, _comments, _context in extract_from_dir(HERE, METHODS, {}, KEYWORDS):
        yield text, file


def english() -> Catalog:
    """Read the catalogue as it stands."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def refresh() -> list[str]:
    """Add what is new, drop what nobody says any more, write the file; returns what still needs words."""
    template = Catalog()
    for text, file in used():
        template.add(text, locations=[(file, None)])
    catalogue = english()
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    text = BytesIO()
    write_po(text, catalogue, width=110, omit_header=True, include_lineno=False)
    CATALOGUE.write_bytes(HEADER.encode() + text.getvalue().lstrip())
    return [message.id for message in catalogue if message.id and not message.string]


if __name__ == "__main__":
    missing = refresh()
    sys.stdout.write("\n".join(missing) + ("\n" if missing else ""))
    sys.exit(1 if missing else 0)
