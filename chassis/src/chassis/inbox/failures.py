# SPDX-License-Identifier: Apache-2.0
"""Is it worth trying again? Transient failures wait and never skip; everything else is poison."""

from __future__ import annotations

import psycopg
import sqlalchemy.exc

from chassis.errors import TooMany, Unavailable

# Connection trouble, rollbacks chosen by the server, no resources, operator intervention, system errors.
_TRANSIENT_CLASSES = frozenset({"08", "40", "53", "57", "58"})
_TRANSIENT_STATES = frozenset({"55P03", "25006"})  # lock not available; a standby that has just lost its primary


class Transient(Exception):
    """Nothing is wrong with the record; the same again, later, is right."""


class Braked(Exception):
    """So many poison records in a row that the fault is probably ours; a person must look before more is parked."""


def is_transient(error: BaseException) -> bool:
    """Tell whether the same work may succeed later without anybody changing anything."""
    if isinstance(error, Transient | Unavailable | TooMany | sqlalchemy.exc.TimeoutError):
        return True
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_transient(error.orig))
    if isinstance(error, psycopg.Error):
        return _transient_state(error)
    return False


def describe(error: BaseException) -> str:
    """Say in one short line what went wrong, without the values a database quotes in its details."""
    first = (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0]
    # The line is stored as text: a database takes neither NUL nor half a surrogate pair.
    return f"{type(error).__name__}: {first}"[:500].encode(errors="backslashreplace").decode().replace("\0", "")


def _transient_state(error: psycopg.Error) -> bool:
    if error.sqlstate is None:  # the server never answered
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate[:2] in _TRANSIENT_CLASSES or error.sqlstate in _TRANSIENT_STATES
