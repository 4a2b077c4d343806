# SPDX-License-Identifier: Apache-2.0
"""Accounts: opening one, signing in, who one is, and changing one's password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import uuid7
from chassis.errors import Conflict, NotFound, TooMany, Unprocessable

from identity.domain import passwords
from identity.domain.divisions import CHENGDU
from identity.store import accounts as store
from identity.store import offices, persons, provider
from identity.store.persons import Persons
from identity.usecases import attempts
from identity.usecases.attempt import IN_PROCESS

if TYPE_CHECKING:
    from identity.bootstrap import Deps

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def create_account(deps: Deps, actor: Actor, command: dict[str, Any]) -> UUID:
    """Open an account for a person of the actor's community: ``person_id``, ``username``, ``password``.

    Returns the account's id. Raises NotFound, Conflict (username_taken, account_exists), Unprocessable.
    """
    person_id, username = UUID(str(command["person_id"])), fold_username(command["username"])
    check_new(username, command["password"])
    password_hash = deps.hasher.hash(command["password"])
    with deps.database.unit_of_work(actor) as work:
        if Persons(work.connection, deps.sealer, work.division).find(person_id, lock=True) is None:
            raise NotFound("person_not_found")
        if store.by_person(work.connection, person_id) is not None:
            raise Conflict("account_exists", zh="此人已有账号。", en="This person has an account already.")
        account = {
            "account_id": uuid7(),
            "username": username,
            "division_code": work.division,
            "person_id": person_id,
            "password_hash": password_hash,
            "password_changed_at": deps.wall.now(),
            "created_at": deps.wall.now(),
        }
        if not store.insert(work.connection, account):
            raise Conflict("username_taken", zh="这个用户名已有人用。", en="This username is taken.")
        work.audit("account.opened", "account", account["account_id"])
        work.commit()
    return account["account_id"]


def check_new(username: str, password: str) -> None:
    """Refuse a username or password that no account may have (Unprocessable)."""
    if not USERNAME.fullmatch(username):
        raise Unprocessable(
            "username_invalid",
            zh="用户名用三到四十个小写字母、数字、点、横线,以字母或数字开头。",
            en="A username is three to forty small letters, digits, dots or dashes and starts with a letter or digit.",
        )
    passwords.check(password, username)


def authenticate(deps: Deps, username: str, password: str, address: str) -> Any | None:
    """Return the account of a right username and password, else None: wrong, unknown and blocked are one answer.

    Raises Unavailable when too many passwords are being hashed at once.
    """
    username = fold_username(username)
    subjects = (("username", username), ("address", address))
    if not attempts.begin(deps, subjects):
        return None
    with deps.database.read(SIGN_IN) as connection:
        account = store.by_username(connection, username)
    usable = account is not None and account.state == "active"
    if not deps.hasher.matches(account.password_hash if usable else None, password):
        return None
    attempts.succeed(deps, subjects)
    _write_sign_in(deps, account)
    return account


def get_me(deps: Deps, actor: Actor) -> dict[str, Any]:
    """Read who is signed in, from the register of the home community. Raises NotFound for programs."""
    with deps.database.read(SIGN_IN) as connection:
        account = _own_account(connection, actor)
    home = Actor.system(account.division_code, "me")
    today = deps.clock.now().astimezone(CHENGDU).date()
    with deps.database.read(home) as connection:
        person = Persons(connection, deps.sealer, home.division).find(account.person_id)
        held = offices.held_by(connection, home.division, account.person_id, today)
        is_resident = persons.is_resident(connection, home.division, account.person_id)
    if person is None:
        raise NotFound("person_not_found")
    return {
        "person_id": person.person_id,
        "name": person.name,
        "household_label": person.household_label,
        "is_resident": is_resident,
        "home": home.division,
        "division": actor.division,
        "offices": [{"office": one.office, "place": one.place, "until": one.until} for one in held],
        "office": actor.office,
    }


def change_password(deps: Deps, actor: Actor, current: str, new: str, call: Any = IN_PROCESS) -> None:
    """Change one's own password and end every sign-in of the account.

    Repeating the same change is harmless. Raises Unprocessable (password_wrong, password_weak), TooMany, NotFound.
    """
    with deps.database.read(SIGN_IN) as connection:
        account = _own_account(connection, actor)
    subjects = (("username", account.username),)
    if not attempts.begin(deps, subjects):
        raise TooMany("too_many_attempts", headers={"Retry-After": "60"})
    if not deps.hasher.matches(account.password_hash, current):
        if not deps.hasher.matches(account.password_hash, new):
            raise Unprocessable("password_wrong", zh="现在的密码不对。", en="The current password is not right.")
        attempts.succeed(deps, subjects)
        return
    passwords.check(new, account.username)
    password_hash = deps.hasher.hash(new)
    with deps.database.unit_of_work(Actor.system(account.division_code, "me")) as work:
        store.set_password(work.connection, account.account_id, password_hash, deps.wall.now())
        provider.revoke_account(work.connection, account.account_id, deps.wall.now())
        work.audit("account.password_changed", "account", account.account_id, request_id=call.request_id)
        work.commit()
    attempts.succeed(deps, subjects)


def fold_username(username: str) -> str:
    """Usernames are one whatever their case and the spaces around them."""
    return username.strip().casefold()


def _own_account(connection: Any, actor: Actor) -> Any:
    try:
        account = store.by_person(connection, UUID(actor.subject))
    except ValueError:  # a program's client id
        account = None
    if account is None:
        raise NotFound("account_not_found")
    return account


def _write_sign_in(deps: Deps, account: Any) -> None:
    with deps.database.unit_of_work(Actor.system(account.division_code, "sign-in")) as work:
        work.audit("account.signed_in", "account", account.account_id)
        work.commit()


# Before anybody is known no division is set: technical tables answer, every community table gives zero rows.
SIGN_IN = Actor("system:sign-in", "", frozenset(), client="system")
