# SPDX-License-Identifier: Apache-2.0
"""Create the register (divisions, places, people, memberships, offices), accounts and the provider's tables."""

from alembic import op
from chassis.division import community_table, published_table, technical_table

from chassis import audit, idempotency, inbox, outbox

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    outbox.create_tables()
    inbox.create_tables()
    idempotency.create_tables()
    audit.create_tables()
    _divisions()
    _places()
    _persons()
    _memberships()
    _offices()
    _accounts()
    _clients()
    _signing_keys()
    _grants_of_sign_ins()


def _divisions() -> None:
    op.execute("""
        CREATE TABLE divisions (
            division_code text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            level text NOT NULL,
            parent_code text,
            registered_name text NOT NULL,
            display_name text NOT NULL,
            street_name text,
            office_name text NOT NULL,
            telephone text NOT NULL,
            address text NOT NULL,
            hours text NOT NULL,
            CONSTRAINT pk_divisions PRIMARY KEY (division_code, valid_from),
            CONSTRAINT ck_divisions_term CHECK (valid_to > valid_from),
            CONSTRAINT ck_divisions_level CHECK (
                (level, length(division_code)) IN (('district', 6), ('street', 9), ('community', 12))),
            CONSTRAINT ck_divisions_division_code CHECK (division_code ~ '^[0-9]+$'),
            CONSTRAINT ck_divisions_parent_code CHECK (
                CASE WHEN level = 'district' THEN parent_code IS NULL
                     ELSE parent_code = left(division_code, length(division_code) - 3) END)
        )""")
    # Codes are never reused: at most one entry of a code is open.
    op.execute("CREATE UNIQUE INDEX uq_divisions_open ON divisions (division_code) WHERE valid_to IS NULL")
    published_table(
        "divisions", "The official list of districts, streets and communities.", app="SELECT, INSERT, UPDATE"
    )


def _places() -> None:
    # parent_kind is what the tree demands of the parent; the foreign key makes PostgreSQL check it.
    op.execute("""
        CREATE TABLE places (
            division_code text NOT NULL,
            place_id uuid NOT NULL,
            kind text NOT NULL,
            parent_id uuid,
            parent_kind text GENERATED ALWAYS AS (
                CASE kind WHEN 'building' THEN 'estate' WHEN 'household' THEN 'building' END) STORED,
            name text NOT NULL,
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_places PRIMARY KEY (division_code, place_id),
            CONSTRAINT uq_places_kind UNIQUE (division_code, place_id, kind),
            CONSTRAINT uq_places_name UNIQUE NULLS NOT DISTINCT (division_code, parent_id, name),
            CONSTRAINT ck_places_kind CHECK (kind IN ('estate', 'building', 'household')),
            CONSTRAINT ck_places_parent CHECK ((kind = 'estate') = (parent_id IS NULL)),
            CONSTRAINT ck_places_name CHECK (name = btrim(name) AND name <> ''),
            CONSTRAINT fk_places_parent FOREIGN KEY (division_code, parent_id, parent_kind)
                REFERENCES places (division_code, place_id, kind)
        )""")
    community_table("places", "Estates, buildings and households as a tree.")


def _persons() -> None:
    op.execute("""
        CREATE TABLE persons (
            division_code text NOT NULL,
            person_id uuid NOT NULL,
            name_sealed bytea NOT NULL,
            name_tokens integer[] NOT NULL,
            telephone_sealed bytea,
            telephone_index bytea,
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CONSTRAINT pk_persons PRIMARY KEY (division_code, person_id),
            CONSTRAINT ck_persons_telephone CHECK ((telephone_sealed IS NULL) = (telephone_index IS NULL))
        )""")
    op.execute("CREATE INDEX ix_persons_telephone_index ON persons (division_code, telephone_index)")
    community_table("persons", "People; names and telephone numbers only sealed.")


def _memberships() -> None:
    op.execute("""
        CREATE TABLE memberships (
            division_code text NOT NULL,
            membership_id uuid NOT NULL,
            person_id uuid NOT NULL,
            kind text NOT NULL,
            household_id uuid,
            household_kind text GENERATED ALWAYS AS ('household') STORED,
            started_on date NOT NULL,
            ended_on date,
            version integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_memberships PRIMARY KEY (division_code, membership_id),
            CONSTRAINT ck_memberships_kind CHECK (kind IN ('owner', 'tenant', 'family', 'staff')),
            CONSTRAINT ck_memberships_household CHECK ((kind = 'staff') = (household_id IS NULL)),
            CONSTRAINT ck_memberships_term CHECK (ended_on >= started_on),
            CONSTRAINT fk_memberships_person FOREIGN KEY (division_code, person_id)
                REFERENCES persons (division_code, person_id),
            CONSTRAINT fk_memberships_household FOREIGN KEY (division_code, household_id, household_kind)
                REFERENCES places (division_code, place_id, kind)
        )""")
    op.execute("""
        CREATE UNIQUE INDEX uq_memberships_open ON memberships (division_code, person_id) WHERE ended_on IS NULL""")
    op.execute("""
        CREATE INDEX ix_memberships_household_id ON memberships (division_code, household_id)
        WHERE ended_on IS NULL""")
    community_table("memberships", "Who belongs to which household, from when to when.")


def _offices() -> None:
    op.execute("""
        CREATE TABLE offices (
            division_code text NOT NULL,
            office_id uuid NOT NULL,
            person_id uuid NOT NULL,
            office text NOT NULL,
            place text NOT NULL,
            starts_on date NOT NULL,
            ends_on date NOT NULL,
            ended_at timestamptz,
            ended_reason text,
            version integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_offices PRIMARY KEY (division_code, office_id),
            CONSTRAINT ck_offices_place CHECK (place ~ '^[0-9]+$' AND length(place) = CASE office
                WHEN 'district_officer' THEN 6 WHEN 'street_officer' THEN 9
                WHEN 'community_worker' THEN 12 WHEN 'venue_operator' THEN 12
                WHEN 'finance_clerk' THEN 12 WHEN 'community_secretary' THEN 12 END),
            CONSTRAINT ck_offices_office CHECK (office IN ('district_officer', 'street_officer', 'community_worker',
                'venue_operator', 'finance_clerk', 'community_secretary')),
            CONSTRAINT ck_offices_term CHECK (ends_on >= starts_on),
            CONSTRAINT fk_offices_person FOREIGN KEY (division_code, person_id)
                REFERENCES persons (division_code, person_id)
        )""")
    op.execute("""
        CREATE UNIQUE INDEX uq_offices_open ON offices (division_code, person_id, office, place)
        WHERE ended_at IS NULL""")
    # Who prepares the accounts never approves them: one person holds at most one of the two at a place.
    op.execute("""
        CREATE UNIQUE INDEX uq_offices_incompatible ON offices (division_code, person_id, place)
        WHERE ended_at IS NULL AND office IN ('finance_clerk', 'community_secretary')""")
    op.execute("CREATE INDEX ix_offices_ends_on ON offices (division_code, ends_on) WHERE ended_at IS NULL")
    community_table(
        "offices",
        "Who serves where and for which term; kept in the register of the community where the holder is registered.",
        sweep="SELECT, UPDATE",
    )


def _accounts() -> None:
    # Technical, because signing in happens before any division is known. It holds no name and no number.
    op.execute("""
        CREATE TABLE accounts (
            account_id uuid NOT NULL,
            username text NOT NULL,
            division_code text NOT NULL,
            person_id uuid NOT NULL,
            password_hash text NOT NULL,
            password_changed_at timestamptz NOT NULL,
            state text NOT NULL DEFAULT 'active',
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_accounts PRIMARY KEY (account_id),
            CONSTRAINT uq_accounts_username UNIQUE (username),
            CONSTRAINT uq_accounts_person UNIQUE (division_code, person_id),
            CONSTRAINT ck_accounts_username CHECK (username ~ '^[a-z0-9][a-z0-9._-]{2,39}$'),
            CONSTRAINT ck_accounts_division_code CHECK (division_code ~ '^[0-9]{12}$'),
            CONSTRAINT ck_accounts_state CHECK (state IN ('active', 'closed'))
        )""")
    technical_table(
        "accounts", "Who may sign in; read before a division is known.", grants={"app": "SELECT, INSERT, UPDATE"}
    )
    op.execute("""
        CREATE TABLE sign_in_attempts (
            kind text NOT NULL,
            subject_hash bytea NOT NULL,
            failures integer NOT NULL,
            window_started_at timestamptz NOT NULL,
            blocked_until timestamptz,
            CONSTRAINT pk_sign_in_attempts PRIMARY KEY (kind, subject_hash),
            CONSTRAINT ck_sign_in_attempts_kind CHECK (kind IN ('username', 'address'))
        )""")
    technical_table(
        "sign_in_attempts",
        "Failed attempts by keyed hash of username or address, for the back-off.",
        grants={"app": "SELECT, INSERT, UPDATE, DELETE", "sweep": "SELECT, DELETE"},
    )


def _clients() -> None:
    op.execute("""
        CREATE TABLE clients (
            client_id text NOT NULL,
            kind text NOT NULL,
            title text NOT NULL,
            secret_hash bytea NOT NULL,
            division_code text NOT NULL,
            scopes text[] NOT NULL DEFAULT '{}',
            redirect_uris text[] NOT NULL DEFAULT '{}',
            post_logout_redirect_uris text[] NOT NULL DEFAULT '{}',
            state text NOT NULL DEFAULT 'active',
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_clients PRIMARY KEY (client_id),
            CONSTRAINT ck_clients_kind CHECK (kind IN ('edge', 'partner')),
            CONSTRAINT ck_clients_state CHECK (state IN ('active', 'closed')),
            CONSTRAINT ck_clients_division_code CHECK (division_code ~ '^[0-9]{6}([0-9]{3}([0-9]{3})?)?$')
        )""")
    technical_table("clients", "Programs that may ask for tokens.", grants={"app": "SELECT, INSERT, UPDATE"})


def _signing_keys() -> None:
    op.execute("""
        CREATE TABLE signing_keys (
            kid text NOT NULL,
            public_jwk jsonb NOT NULL,
            private_sealed bytea NOT NULL,
            published_at timestamptz NOT NULL,
            active_from timestamptz NOT NULL,
            withdrawn_at timestamptz,
            CONSTRAINT pk_signing_keys PRIMARY KEY (kid)
        )""")
    technical_table(
        "signing_keys", "Keys that sign tokens; the private half sealed.", grants={"app": "SELECT, INSERT, UPDATE"}
    )


def _grants_of_sign_ins() -> None:
    op.execute("""
        CREATE TABLE authorization_codes (
            code_hash bytea NOT NULL,
            session_id uuid NOT NULL,
            client_id text NOT NULL,
            account_id uuid NOT NULL,
            redirect_uri text NOT NULL,
            scope text NOT NULL,
            resource text,
            office text,
            nonce text,
            code_challenge text NOT NULL,
            signed_in_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            CONSTRAINT pk_authorization_codes PRIMARY KEY (code_hash),
            CONSTRAINT fk_authorization_codes_client FOREIGN KEY (client_id) REFERENCES clients (client_id),
            CONSTRAINT fk_authorization_codes_account FOREIGN KEY (account_id) REFERENCES accounts (account_id)
        )""")
    op.execute("""
        CREATE TABLE refresh_tokens (
            token_hash bytea NOT NULL,
            session_id uuid NOT NULL,
            client_id text NOT NULL,
            account_id uuid NOT NULL,
            scope text NOT NULL,
            signed_in_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz,
            CONSTRAINT pk_refresh_tokens PRIMARY KEY (token_hash),
            CONSTRAINT fk_refresh_tokens_client FOREIGN KEY (client_id) REFERENCES clients (client_id),
            CONSTRAINT fk_refresh_tokens_account FOREIGN KEY (account_id) REFERENCES accounts (account_id)
        )""")
    op.execute("CREATE INDEX ix_refresh_tokens_account_id ON refresh_tokens (account_id) WHERE revoked_at IS NULL")
    op.execute("CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id)")
    for table, about in (
        ("authorization_codes", "Codes between sign-in and token, by hash; single use, one minute."),
        ("refresh_tokens", "Running sign-ins, by hash; they end at a fixed time."),
    ):
        grants = {"app": "SELECT, INSERT, UPDATE", "sweep": "SELECT, DELETE"}
        technical_table(table, about, grants=grants)
