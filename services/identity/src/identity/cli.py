# SPDX-License-Identifier: Apache-2.0
"""The command line. Secrets come from the environment or standard input, never from an argument."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from chassis.auth import Actor
from chassis.errors import AppError

from chassis import processes, settings
from identity.bootstrap import MIGRATIONS, Deps, build
from identity.domain.divisions import CHENGDU
from identity.domain.offices import OFFICES
from identity.domain.passwords import random_password
from identity.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Run one command; a refusal is a line on standard error and exit code 2, never a stack trace."""
    asked = _parser().parse_args(arguments)
    try:
        return asked.run(asked) or 0
    except (AppError, settings.SettingsError, ValueError) as error:
        reason = error.detail("zh") if isinstance(error, AppError) else str(error)
        print(f"identity {asked.command}: {reason}", file=sys.stderr)
        return 2


def _web(_: argparse.Namespace) -> None:
    from chassis.gunicorn import serve

    serve("identity.cli:application()")


def application() -> object:
    """The ASGI application that gunicorn's worker serves; the edge's registration follows the settings."""
    from identity.usecases.clients import register_edge
    from identity.web import create_app

    loaded = processes.configured("identity", Settings)
    deps = build(loaded)
    register_edge(deps)
    return create_app(deps)


def _worker(_: argparse.Namespace) -> int:
    from identity.schedule import jobs

    loaded = processes.configured("identity", Settings)
    return processes.work("identity", loaded, jobs(build(loaded)))


def _migrate(_: argparse.Namespace) -> int:
    return processes.migrate("identity", MIGRATIONS)


def _import_divisions(_: argparse.Namespace) -> None:
    from identity.usecases.divisions import import_divisions

    with _opened() as deps:
        print(json.dumps({"registered": import_divisions(deps)}))


def _rotate_keys(asked: argparse.Namespace) -> None:
    from identity.usecases.keys import ensure_key, rotate_keys

    with _opened() as deps:
        ensure_key(deps)
        key = rotate_keys(deps, is_emergency=asked.emergency)
    print(json.dumps({"kid": key.kid, "active_from": key.active_from.isoformat()}))


def _create_account(asked: argparse.Namespace) -> None:
    from identity.usecases.accounts import check_new, create_account, fold_username
    from identity.usecases.persons import create_person

    password = os.environ.get("LINLI_ACCOUNT_PASSWORD") or random_password()
    check_new(fold_username(asked.username), password)  # before anybody is registered for it
    actor = Actor.system(asked.division, "create-account")
    with _opened() as deps:
        person_id = asked.person_id
        if person_id is None:
            person_id = create_person(deps, actor, {"name": asked.name, "membership": "staff"}).content["person_id"]
        create_account(deps, actor, {"person_id": person_id, "username": asked.username, "password": password})
        if asked.office:
            _give_office(deps, actor, person_id, asked)
    print(json.dumps({"person_id": person_id, "username": asked.username, "password": password}))


def _give_office(deps: Deps, actor: Actor, person_id: str, asked: argparse.Namespace) -> None:
    from identity.usecases.offices import assign_office

    place = asked.division[: OFFICES[asked.office].place_digits]
    today = deps.clock.now().astimezone(CHENGDU).date()
    command = {"person_id": person_id, "office": asked.office, "place": place, "starts_on": today}
    assign_office(deps, actor, command | {"ends_on": asked.until or today})


def _create_client(asked: argparse.Namespace) -> None:
    import secrets

    from identity.usecases.clients import NewClient, register_client

    secret = os.environ.get(asked.secret_variable) or secrets.token_urlsafe(32)
    client = NewClient(
        client_id=asked.id,
        kind=asked.kind,
        title=asked.title or asked.id,
        secret=secret,
        division=asked.division,
        scopes=asked.scope,
        redirect_uris=asked.redirect_uri,
        post_logout_redirect_uris=asked.post_logout_redirect_uri,
    )
    with _opened() as deps:
        register_client(deps, client)
    shown = {} if os.environ.get(asked.secret_variable) else {"client_secret": secret}
    print(json.dumps({"client_id": asked.id, **shown}))


@contextmanager
def _opened() -> Iterator[Deps]:
    deps = build(settings.load(Settings))
    try:
        yield deps
    finally:
        deps.database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m identity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], about: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=about)
        one.set_defaults(run=run)
        return one

    command("web", _web, "serve the API and the OpenID provider")
    command("worker", _worker, "relay events and run the schedule")
    command("migrate", _migrate, "bring the database to the newest schema, as its owner")
    command("import-divisions", _import_divisions, "register the shipped official list; safe to repeat")
    rotate = command("rotate-keys", _rotate_keys, "publish the next signing key")
    rotate.add_argument("--emergency", action="store_true", help="withdraw the present keys at once")
    _account_arguments(command("create-account", _create_account, "open an account and print its password"))
    _client_arguments(command("create-client", _create_client, "register a client, or change its registration"))
    return parser


def _account_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--username", required=True)
    parser.add_argument("--division", required=True, help="the community in whose register the person is, 12 digits")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--person-id")
    who.add_argument("--name", help="register a new person who serves here")
    parser.add_argument("--office", choices=sorted(OFFICES))
    parser.add_argument("--until", type=date.fromisoformat, help="last day of the office's term; today where absent")


def _client_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", required=True)
    parser.add_argument("--kind", required=True, choices=("edge", "partner"))
    parser.add_argument("--title", default="")
    parser.add_argument("--division", required=True)
    parser.add_argument("--scope", action="append", default=[])
    parser.add_argument("--redirect-uri", action="append", default=[])
    parser.add_argument("--post-logout-redirect-uri", action="append", default=[])
    parser.add_argument(
        "--secret-variable",
        default="LINLI_CLIENT_SECRET",
        help="environment variable with the secret; without it one is made and printed",
    )
