# SPDX-License-Identifier: Apache-2.0
"""The four kinds of tables, as migrations create them (house plan, section 2).

Each function takes a table that the migration has just created, states its kind in the table's comment, sets its
row-level security and grants what its roles need. Nothing here runs outside a migration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from alembic import op

CURRENT = "nullif(current_setting('app.division', true), '')"
COMMUNITY_CHECK = "division_code ~ '^[0-9]{12}$'"
DIVISION_CHECK = "division_code ~ '^[0-9]{6}([0-9]{3}([0-9]{3})?)?$'"


def service() -> str:
    """Name the service whose owner runs this migration (role ``<service>_owner``)."""
    role = op.get_bind().exec_driver_sql("SELECT current_user").scalar_one()
    if not role.endswith("_owner"):
        raise RuntimeError(f"migrations run as the service's owner, not as {role}")
    return role.removesuffix("_owner")


def community_table(
    name: str, about: str, *, app: str = "SELECT, INSERT, UPDATE", sweep: str = "", any_tier: bool = False
) -> None:
    """Make ``name`` a community table: rows of the current division alone, by equality.

    ``any_tier`` admits 6- and 9-digit codes, for acts that officers of a street or district do (audit, idempotency).
    """
    _check(name, DIVISION_CHECK if any_tier else COMMUNITY_CHECK)
    _protect(name, f"division_code = {CURRENT}")
    _describe(name, "community", about)
    _grant(name, {"app": app, "sweep": sweep})


def tier_table(name: str, about: str, *, app: str = "SELECT, INSERT, UPDATE", sweep: str = "") -> None:
    """Make ``name`` a tier table: rows inside the current division. Never a fact about a person."""
    _check(name, DIVISION_CHECK)
    code = 'division_code COLLATE "C"'
    _protect(name, f"{code} >= {CURRENT} AND {code} < {CURRENT} || ':'")
    _describe(name, "tier", about)
    _grant(name, {"app": app, "sweep": sweep})


def published_table(name: str, about: str, *, app: str = "INSERT", sweep: str = "") -> None:
    """Make ``name`` a published table: the public role reads it; the app role writes it by an act of publishing."""
    _describe(name, "published", about)
    _grant(name, {"public": "SELECT", "app": app, "sweep": sweep})


def technical_table(name: str, about: str, *, grants: Mapping[str, str]) -> None:
    """Make ``name`` a technical table; ``grants`` maps role suffixes (app, relay, sweep) to privileges."""
    _describe(name, "technical", about)
    _grant(name, grants)


@contextmanager
def without_force(name: str) -> Iterator[None]:
    """Let the owner see every row of ``name`` for a data migration, and restore FORCE in the same transaction."""
    op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    yield
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def _check(name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {name} ADD CONSTRAINT ck_{name}_division_code CHECK ({condition})")


def _protect(name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY division ON {name} USING ({condition}) WITH CHECK ({condition})")


def _describe(name: str, kind: str, about: str) -> None:
    text = f"kind: {kind}. {about}".replace("'", "''")
    op.execute(f"COMMENT ON TABLE {name} IS '{text}'")


def _grant(name: str, grants: Mapping[str, str]) -> None:
    prefix = service()
    for role, privileges in grants.items():
        if privileges:
            op.execute(f"GRANT {privileges} ON {name} TO {prefix}_{role}")
