# SPDX-License-Identifier: Apache-2.0
"""Each service in-process on a real database, with a little in it to be found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.auth import Actor, Verifier
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.http import Call
from chassis.testing.plugin import MONDAY_MORNING
from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import WUFUQIAO, TokenFactory

from .sources import CONTRACTS

SOMEBODY = str(uuid7())


@dataclass(frozen=True)
class House:
    """A service's application and the ids that a caller may find in it, by the name of the path parameter."""

    app: Any
    deps: Any
    known: dict[str, str]


def settings_for(settings: Any, database: ServiceDatabase, tokens: TokenFactory, **more: Any) -> Any:
    """Settings of a web process on a database."""
    return settings(
        environment="test",
        issuer=tokens.issuer,
        contracts_dir=CONTRACTS,
        app_database_url=database.url("app"),
        public_database_url=database.url("public"),
        sweep_database_url=database.url("sweep"),
        **more,
    )


def identity(database: ServiceDatabase, tokens: TokenFactory, folder: Path) -> House:
    """Identity with the official list, and one household."""
    from identity import bootstrap, web
    from identity.settings import Settings
    from identity.usecases.divisions import import_divisions
    from identity.usecases.places import create_place

    deps = bootstrap.build(
        settings_for(Settings, database, tokens, key_file=folder / "keys.json"), FrozenClock(MONDAY_MORNING)
    )
    import_divisions(deps)
    place = create_place(deps, Actor.system(WUFUQIAO, "test"), {"kind": "estate", "name": "示例小区"}).content
    verifier = Verifier(tokens.issuer, "urn:linli:identity", keys=lambda: tokens.jwks)
    return House(web.create_app(deps, verifier), deps, {"code": WUFUQIAO, "place_id": place["place_id"]})


def engagement(database: ServiceDatabase, tokens: TokenFactory, _folder: Path) -> House:
    """Engagement with one need, the caller's own."""
    from engagement import bootstrap, web
    from engagement.settings import Settings
    from engagement.usecases.needs import raise_need

    deps = bootstrap.build(settings_for(Settings, database, tokens, jwks_url=""), clock=FrozenClock(MONDAY_MORNING))
    verifier = Verifier(tokens.issuer, "urn:linli:engagement", keys=lambda: tokens.jwks)
    resident = Actor(SOMEBODY, WUFUQIAO, frozenset({"engagement.own"}))
    call = Call(deps, resident, "raise_need", "zh", "test", "")
    need = raise_need(deps, call, {"title": "三号院路灯不亮", "category": "lighting"}).content
    return House(web.create_app(deps, verifier), deps, {"division": WUFUQIAO, "need_id": need["need_id"]})


def disclosure(database: ServiceDatabase, tokens: TokenFactory, _folder: Path) -> House:
    """Disclosure, without books."""
    from disclosure import bootstrap, web
    from disclosure.settings import Settings

    settings = settings_for(Settings, database, tokens, jwks_url="")
    deps = bootstrap.build(settings, FrozenClock(MONDAY_MORNING))
    verifier = Verifier(tokens.issuer, "urn:linli:disclosure", keys=lambda: tokens.jwks)
    return House(web.build_app(settings, deps, verifier), deps, {"division": WUFUQIAO, "month": "2026-11"})


def venue(database: ServiceDatabase, tokens: TokenFactory, _folder: Path) -> House:
    """The venue service with 五福茶馆."""
    from importlib import resources

    import yaml
    from venue import bootstrap, web
    from venue.domain.venues.definition import parse
    from venue.settings import Settings
    from venue.usecases.venues.create_venue import create_venue

    settings = settings_for(Settings, database, tokens, jwks_url="", calendar_secret="of-the-test-run-calendars")
    deps = bootstrap.build(settings, clock=FrozenClock(MONDAY_MORNING))
    definition = parse(yaml.safe_load((resources.files("venue.data") / "wufu_teahouse.yaml").read_text("utf-8")))
    venue_id = create_venue(deps, Actor.system(WUFUQIAO, "test"), definition)
    with database.superuser() as everything:
        (space_id,) = everything.execute("SELECT id FROM spaces LIMIT 1").fetchone()
    verifier = Verifier(tokens.issuer, "urn:linli:venue", keys=lambda: tokens.jwks)
    known = {"division": WUFUQIAO, "venue_id": str(venue_id), "space_id": str(space_id)}
    known |= _sitting(deps, space_id)
    return House(web.create_app(deps, settings, verifier), deps, known)


def _sitting(deps: Any, space_id: Any) -> dict[str, str]:
    """A sitting with a topic for it, so that a caller finds them."""
    from datetime import date

    from chassis.pagination import Page
    from venue.deps import InProcess
    from venue.domain.sittings.rotas import Official
    from venue.store.sittings.sessions import SessionFilter
    from venue.usecases.sittings import rotas, see_sessions, topics

    staff = Actor(SOMEBODY, WUFUQIAO, frozenset({"venue.counter"}), "community_worker")
    titles, officials = ("每周坐谈", "Open tea"), (Official("street_officer", "街道干部", "Street officer"),)
    new = rotas.NewRota("sitting", space_id, (3,), 900, 120, *titles, date(2026, 11, 23), None, officials)
    rota = rotas.create_rota(deps, staff, new, InProcess()).content
    page = Page.parse(None, 1, see_sessions.KEY)
    session = see_sessions.session_list(deps, staff, SessionFilter(), page, "zh")["items"][0]["session_id"]
    heard = topics.NewTopic("三号院路灯不亮", "lighting", "letterbox")
    topic = topics.propose_topic(deps, staff, UUID(session), heard, InProcess()).content["topic_id"]
    return {"rota_id": rota["rota_id"], "session_id": session, "topic_id": topic}


BUILDERS = {"identity": identity, "engagement": engagement, "disclosure": disclosure, "venue": venue}
