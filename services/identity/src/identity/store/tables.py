# SPDX-License-Identifier: Apache-2.0
"""The tables as SQLAlchemy Core sees them. Constraints live in the migrations."""

from __future__ import annotations

import sqlalchemy as sa
from chassis.db import metadata
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

meta = metadata()
INSTANT = sa.DateTime(timezone=True)

divisions = sa.Table(
    "divisions",
    meta,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("valid_to", sa.Date),
    sa.Column("level", sa.Text),
    sa.Column("parent_code", sa.Text),
    sa.Column("registered_name", sa.Text),
    sa.Column("display_name", sa.Text),
    sa.Column("street_name", sa.Text),
    sa.Column("office_name", sa.Text),
    sa.Column("telephone", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("hours", sa.Text),
)
places = sa.Table(
    "places",
    meta,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("place_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("parent_id", sa.Uuid),
    sa.Column("name", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("version", sa.Integer),
    sa.Column("created_at", INSTANT),
)
persons = sa.Table(
    "persons",
    meta,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("name_sealed", sa.LargeBinary),
    sa.Column("name_tokens", ARRAY(sa.Integer)),
    sa.Column("telephone_sealed", sa.LargeBinary),
    sa.Column("telephone_index", sa.LargeBinary),
    sa.Column("version", sa.Integer),
    sa.Column("created_at", INSTANT),
    sa.Column("updated_at", INSTANT),
)
memberships = sa.Table(
    "memberships",
    meta,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("membership_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid),
    sa.Column("kind", sa.Text),
    sa.Column("household_id", sa.Uuid),
    sa.Column("started_on", sa.Date),
    sa.Column("ended_on", sa.Date),
    sa.Column("version", sa.Integer),
)
offices = sa.Table(
    "offices",
    meta,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("office_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid),
    sa.Column("office", sa.Text),
    sa.Column("place", sa.Text),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("ended_at", INSTANT),
    sa.Column("ended_reason", sa.Text),
    sa.Column("version", sa.Integer),
)
accounts = sa.Table(
    "accounts",
    meta,
    sa.Column("account_id", sa.Uuid, primary_key=True),
    sa.Column("username", sa.Text),
    sa.Column("division_code", sa.Text),
    sa.Column("person_id", sa.Uuid),
    sa.Column("password_hash", sa.Text),
    sa.Column("password_changed_at", INSTANT),
    sa.Column("state", sa.Text),
    sa.Column("version", sa.Integer),
    sa.Column("created_at", INSTANT),
)
sign_in_attempts = sa.Table(
    "sign_in_attempts",
    meta,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject_hash", sa.LargeBinary, primary_key=True),
    sa.Column("failures", sa.Integer),
    sa.Column("window_started_at", INSTANT),
    sa.Column("blocked_until", INSTANT),
)
clients = sa.Table(
    "clients",
    meta,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("secret_hash", sa.LargeBinary),
    sa.Column("division_code", sa.Text),
    sa.Column("scopes", ARRAY(sa.Text)),
    sa.Column("redirect_uris", ARRAY(sa.Text)),
    sa.Column("post_logout_redirect_uris", ARRAY(sa.Text)),
    sa.Column("state", sa.Text),
    sa.Column("created_at", INSTANT),
)
signing_keys = sa.Table(
    "signing_keys",
    meta,
    sa.Column("kid", sa.Text, primary_key=True),
    sa.Column("public_jwk", JSONB),
    sa.Column("private_sealed", sa.LargeBinary),
    sa.Column("published_at", INSTANT),
    sa.Column("active_from", INSTANT),
    sa.Column("withdrawn_at", INSTANT),
)
authorization_codes = sa.Table(
    "authorization_codes",
    meta,
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    sa.Column("session_id", sa.Uuid),
    sa.Column("client_id", sa.Text),
    sa.Column("account_id", sa.Uuid),
    sa.Column("redirect_uri", sa.Text),
    sa.Column("scope", sa.Text),
    sa.Column("resource", sa.Text),
    sa.Column("office", sa.Text),
    sa.Column("nonce", sa.Text),
    sa.Column("code_challenge", sa.Text),
    sa.Column("signed_in_at", INSTANT),
    sa.Column("expires_at", INSTANT),
    sa.Column("used_at", INSTANT),
)
refresh_tokens = sa.Table(
    "refresh_tokens",
    meta,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("session_id", sa.Uuid),
    sa.Column("client_id", sa.Text),
    sa.Column("account_id", sa.Uuid),
    sa.Column("scope", sa.Text),
    sa.Column("signed_in_at", INSTANT),
    sa.Column("expires_at", INSTANT),
    sa.Column("revoked_at", INSTANT),
)
