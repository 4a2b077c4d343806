# SPDX-License-Identifier: Apache-2.0
"""What passes is waited out; what does not is poison."""

import psycopg
import pytest
import sqlalchemy as sa
from chassis.errors import Conflict, NotFound, TooMany, Unavailable, Unprocessable
from chassis.inbox.failures import Transient, describe, is_transient
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

PASSES = [
    Transient(), Unavailable(), TooMany(), PoolTimeout(), psycopg.OperationalError("connection refused"),
    psycopg.InterfaceError("the connection is closed"), errors.AdminShutdown(), errors.CannotConnectNow(),
    errors.DeadlockDetected(), errors.SerializationFailure(), errors.LockNotAvailable(), errors.QueryCanceled(),
    errors.DiskFull(), errors.TooManyConnections(), errors.ReadOnlySqlTransaction(),
    DBAPIError("SELECT 1", {}, errors.DeadlockDetected()),
    DBAPIError("SELECT 1", {}, errors.UniqueViolation(), connection_invalidated=True),
]  # fmt: skip
STAYS = [
    ValueError(), KeyError("amount_fen"), TypeError(), AssertionError(), Conflict(), NotFound(), Unprocessable(),
    errors.UniqueViolation(), errors.CheckViolation(), errors.InsufficientPrivilege(), errors.UndefinedTable(),
    errors.InFailedSqlTransaction(), DBAPIError("SELECT 1", {}, errors.ForeignKeyViolation()),
    sa.exc.InvalidRequestError(),
]  # fmt: skip


@pytest.mark.parametrize("error", PASSES, ids=lambda error: type(error).__name__)
def test_this_passes(error):
    assert is_transient(error)


@pytest.mark.parametrize("error", STAYS, ids=lambda error: type(error).__name__)
def test_this_does_not_pass_by_itself(error):
    assert not is_transient(error)


def test_a_description_leaves_out_the_values_a_database_quotes():
    error = ValueError("duplicate key\nDETAIL: Key (telephone)=(028) already exists")

    assert describe(error) == "ValueError: duplicate key"


def test_a_description_can_be_stored_as_text():
    assert describe(ValueError("a\x00b\ud800")) == "ValueError: ab\\ud800"
