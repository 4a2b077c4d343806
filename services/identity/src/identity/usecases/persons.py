# SPDX-License-Identifier: Apache-2.0
"""People and their membership: finding, registering, correcting, moving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.errors import Conflict, NotFound, Unprocessable
from chassis.pagination import Page
from chassis.reply import Reply, etag

from identity.domain import events, memberships
from identity.domain.divisions import CHENGDU
from identity.store import persons as store
from identity.store import places
from identity.store.persons import Person, Persons
from identity.usecases.attempt import IN_PROCESS, as_id, check_version

if TYPE_CHECKING:
    from identity.bootstrap import Deps

Answer = tuple[dict[str, Any], dict[str, str]]


def list_persons(
    deps: Deps,
    actor: Actor,
    page: Page,
    household: str | UUID | None = None,
    q: str | None = None,
    ids: Sequence[str | UUID] | None = None,
) -> dict[str, Any]:
    """List people with name and household, never with a number."""
    wanted = None if ids is None else [one for one in map(as_id, ids) if one]
    with deps.database.read(actor) as connection:
        people, cursor = Persons(connection, deps.sealer, actor.division).page(page, as_id(household), q, wanted)
    items = [_shown(person) for person in people]
    for item in items:
        del item["telephone"]
    return {"items": items, "next_cursor": cursor}


def get_person(deps: Deps, actor: Actor, person_id: str | UUID, call: Any = IN_PROCESS) -> Answer:
    """Read one person with the number, and write down who looked (PIPL §54). Raises NotFound."""
    with deps.database.unit_of_work(actor) as work:
        person = Persons(work.connection, deps.sealer, work.division).find(_id(person_id))
        if person is None:
            raise NotFound("person_not_found")
        work.audit("person.read", "person", person.person_id, request_id=call.request_id)
        work.commit()
    return _shown(person), etag(person.version)


def create_person(deps: Deps, actor: Actor, command: dict[str, Any], call: Any = IN_PROCESS) -> Reply:
    """Register a person: ``name``, ``membership``, ``household_id`` unless staff, ``telephone`` if known.

    Raises Unprocessable (household_required, household_unexpected, household_unknown).
    """
    with deps.database.unit_of_work(actor) as work:
        reply = work.once(call, "create_person", lambda: _create(deps, work, command, call.request_id))
        work.commit()
    return reply


def update_person(
    deps: Deps, actor: Actor, person_id: str | UUID, command: dict[str, Any], call: Any = IN_PROCESS
) -> Reply:
    """Correct a name or number, move to another household, or end the membership.

    Raises NotFound, PreconditionFailed, Unprocessable; 409 not_a_member when there is no membership to end.
    """
    with deps.database.unit_of_work(actor) as work:
        reply = work.once(call, "update_person", lambda: _update(deps, work, _id(person_id), command, call), status=200)
        work.commit()
    return reply


def _create(deps: Deps, work: UnitOfWork, command: dict[str, Any], request_id: str | None) -> Answer:
    people, person_id, now = Persons(work.connection, deps.sealer, work.division), uuid7(), work.clock.now()
    people.insert(person_id, _tidy(command["name"]), command.get("telephone"), now)
    _start(work, person_id, command["membership"], as_id(command.get("household_id")))
    work.audit("person.registered", "person", person_id, request_id=request_id)
    return _answer(people, person_id)


def _update(deps: Deps, work: UnitOfWork, person_id: UUID, command: dict[str, Any], call: Any) -> Answer:
    people = Persons(work.connection, deps.sealer, work.division)
    person = people.find(person_id, lock=True)
    if person is None:
        raise NotFound("person_not_found")
    check_version(call.if_match, person.version)
    name = _tidy(command["name"]) if "name" in command else None
    people.update(person, name, command.get("telephone", person.telephone), work.clock.now())
    _change_membership(work, person, command)
    fields = {"fields": sorted(command)}
    work.audit("person.changed", "person", person_id, fields, request_id=call.request_id)
    return _answer(people, person_id)


def _change_membership(work: UnitOfWork, person: Person, command: dict[str, Any]) -> None:
    leaves = command.get("is_member") is False
    moves = "household_id" in command or "membership" in command
    if leaves and person.membership_id is None:
        raise Conflict("not_a_member", zh="此人现在不是本社区成员。", en="This person is not a member today.")
    if leaves and moves:
        raise Unprocessable("leaves_and_moves", zh="不能同时迁出和迁入。", en="Nobody leaves and moves in one change.")
    if not (leaves or moves):
        return
    if person.membership_id is not None:
        ended_on = _today(work)
        version = store.end_membership(work.connection, work.division, person.membership_id, ended_on)
        work.outbox.add(events.membership_ended(person.membership_id, version, person.person_id, ended_on))
    if moves:
        kind = command.get("membership") or person.membership
        household = command.get("household_id") or (None if kind == memberships.STAFF else person.household_id)
        _start(work, person.person_id, kind or "family", as_id(household))


def _start(work: UnitOfWork, person_id: UUID, kind: str, household_id: UUID | None) -> None:
    memberships.check(kind, household_id)
    if household_id is not None:
        household = places.find(work.connection, work.division, household_id)
        if household is None or household.kind != "household":
            raise Unprocessable(
                "household_unknown", zh="本社区没有登记这一户。", en="No such household in this community."
            )
    membership_id, today = uuid7(), _today(work)
    store.start_membership(work.connection, work.division, membership_id, person_id, kind, household_id, today)
    work.outbox.add(events.membership_started(membership_id, person_id, household_id, kind, today))


def _answer(people: Persons, person_id: UUID) -> Answer:
    person = people.find(person_id)
    assert person is not None, "it was written in this transaction"
    return _shown(person), etag(person.version)


def _shown(person: Person) -> dict[str, Any]:
    names = ("person_id", "name", "telephone", "household_id", "household_label", "membership", "version")
    return {name: getattr(person, name) for name in names}


def _today(work: UnitOfWork) -> date:
    return work.clock.now().astimezone(CHENGDU).date()


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _id(value: str | UUID) -> UUID:
    return UUID(value) if isinstance(value, str) else value
