# SPDX-License-Identifier: Apache-2.0
"""Lists as Excel files: one sheet, a frozen head, numbers as numbers, text never read as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Write a list as a workbook."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    widths = [len(word) for word in head]
    for number, row in enumerate([list(head), *map(list, rows)], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a code or a word that begins with = is not a formula
                widths[column - 1] = max(widths[column - 1], len(value))
            if number == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate(widths, start=1):
        # A Chinese character is as wide as two digits.
        sheet.column_dimensions[get_column_letter(column)].width = min(width * 2 + 2, WIDEST)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def download(name: str, content: bytes) -> Response:
    """Give a workbook to be saved under a name."""
    answer = Response(content, mimetype=KIND)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
