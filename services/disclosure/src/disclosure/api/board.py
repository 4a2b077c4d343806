# SPDX-License-Identifier: Apache-2.0
"""What anyone may read, at the door: nothing is decided here."""

from disclosure.usecases.read_board import (
    get_published_content,
    get_published_statement,
    list_published_lines,
    list_published_statements,
)

__all__ = ["get_published_content", "get_published_statement", "list_published_lines", "list_published_statements"]
