# SPDX-License-Identifier: Apache-2.0
"""Alembic's environment, shared by every service; configured by ``chassis.migrations`` or an alembic.ini."""

import os

import sqlalchemy as sa
from alembic import context

from chassis.migrations import ADVISORY_LOCK

url = context.config.attributes.get("owner_url") or os.environ["LINLI_OWNER_DATABASE_URL"]
engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
with engine.connect() as connection:
    connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(sa.text("SET lock_timeout = '4s'"))
    connection.execute(sa.text("SET statement_timeout = '5min'"))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    # A ready process asks as the app role which revision the database stands at.
    service = connection.execute(sa.text("SELECT current_user")).scalar_one().removesuffix("_owner")
    connection.execute(sa.text(f"GRANT SELECT ON alembic_version TO {service}_app"))
    connection.execute(sa.text("COMMENT ON TABLE alembic_version IS 'kind: technical. The newest migration applied.'"))
    connection.commit()
engine.dispose()
