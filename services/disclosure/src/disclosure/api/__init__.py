# SPDX-License-Identifier: Apache-2.0
"""Every operation of contracts/openapi/disclosure.v1.yaml, by its operationId."""

from disclosure.api.board import (
    get_published_content,
    get_published_statement,
    list_published_lines,
    list_published_statements,
)
from disclosure.api.ledger import list_entries, list_periods, preview_statement
from disclosure.api.statements import (
    approve_statement,
    get_statement,
    list_statements,
    reject_statement,
    submit_statement,
)

__all__ = [
    "approve_statement",
    "get_published_content",
    "get_published_statement",
    "get_statement",
    "list_entries",
    "list_periods",
    "list_published_lines",
    "list_published_statements",
    "list_statements",
    "preview_statement",
    "reject_statement",
    "submit_statement",
]
