# SPDX-License-Identifier: Apache-2.0
"""What every page shows around its content: whose place it is, whom to call, where else one may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web import assets, preferences, sittings
from gateway.web.client import Problem
from gateway.web.counts import STATES
from gateway.web.formats import SHANGHAI

OFFICES = {
    "community_worker": lazy_gettext("社区工作者"),
    "venue_operator": lazy_gettext("茶馆运营员"),
    "finance_clerk": lazy_gettext("财务人员"),
    "community_secretary": lazy_gettext("社区书记"),
    "street_officer": lazy_gettext("街道干部"),
    "district_officer": lazy_gettext("区级干部"),
    "resident": lazy_gettext("居民"),
    "person": lazy_gettext("居民"),
    "system": lazy_gettext("系统"),
}
ACCOUNTS = {
    "operator_clearing": lazy_gettext("运营方代收款"),
    "fund_income": lazy_gettext("社区基金收入"),
    "operator_payable": lazy_gettext("应付运营方分成"),
    "suspense": lazy_gettext("待清分款"),
    "deposits_held": lazy_gettext("押金"),
}
BOOKING_STATES = {
    "requested": lazy_gettext("等批准"),
    "held": lazy_gettext("留着"),
    "confirmed": lazy_gettext("已订"),
    "checked_in": lazy_gettext("使用中"),
    "checked_out": lazy_gettext("用完了"),
    "cancelled": lazy_gettext("已取消"),
    "declined": lazy_gettext("没有批准"),
    "lapsed": lazy_gettext("过时放掉"),
    "no_show": lazy_gettext("没有来"),
}
COUNTER_OFFICES = ("community_worker", "community_secretary")
MONEY_OFFICES = ("finance_clerk", "community_secretary")
DESK_OFFICES = ("community_worker", "community_secretary", "finance_clerk", "venue_operator")


@dataclass(frozen=True)
class Entry:
    """One entry of the staff menu: its page, its words, and the offices that have a use for it."""

    endpoint: str
    words: Any
    offices: tuple[str, ...]


# These groups mean nothing to a community without a venue.
ROOM_HEADS = (lazy_gettext("茶馆"), lazy_gettext("坐谈和服务台"), lazy_gettext("管茶馆"))
DESK_MENU = (
    (
        lazy_gettext("每天"),
        (
            Entry("desk.today", lazy_gettext("今天"), (*COUNTER_OFFICES, *MONEY_OFFICES, "venue_operator")),
            Entry("desk.needs", lazy_gettext("需求"), COUNTER_OFFICES),
            Entry("desk.new_visit", lazy_gettext("记走访"), ("community_worker", "community_secretary")),
            Entry("desk.find_resident", lazy_gettext("柜台代办"), COUNTER_OFFICES),
        ),
    ),
    (
        ROOM_HEADS[0],
        (
            Entry("desk.board", lazy_gettext("看板"), ("venue_operator", *COUNTER_OFFICES)),
            Entry("desk.rooms_of_day", lazy_gettext("今日场次"), ("venue_operator", *COUNTER_OFFICES)),
            Entry("desk.check_in", lazy_gettext("签到台"), ("venue_operator",)),
            Entry("desk.day_list", lazy_gettext("签到名单"), ("venue_operator", *COUNTER_OFFICES)),
            Entry("desk.requests", lazy_gettext("待批预订"), COUNTER_OFFICES),
            Entry("desk.waiting", lazy_gettext("候补名单"), COUNTER_OFFICES),
            Entry("desk.series", lazy_gettext("固定预订"), COUNTER_OFFICES),
            Entry("desk.day_end", lazy_gettext("日结"), ("venue_operator", "community_secretary")),
            Entry("desk.deposits", lazy_gettext("没退的押金"), ("venue_operator",)),
        ),
    ),
    (
        ROOM_HEADS[1],
        (
            Entry("desk.sittings", lazy_gettext("坐谈排班"), COUNTER_OFFICES),
            Entry("desk.topics", lazy_gettext("话题"), COUNTER_OFFICES),
            Entry("desk.desks", lazy_gettext("服务台"), ("venue_operator", *COUNTER_OFFICES)),
        ),
    ),
    (
        ROOM_HEADS[2],
        (
            Entry("desk.closures", lazy_gettext("停用屋子"), COUNTER_OFFICES),
            Entry("desk.usage", lazy_gettext("用了多少"), ("venue_operator", *COUNTER_OFFICES)),
            Entry("desk.share", lazy_gettext("公益和欠场"), ("community_secretary", "venue_operator")),
            Entry("desk.quotas", lazy_gettext("配额"), ("community_secretary",)),
            Entry("desk.appeals", lazy_gettext("没来的申诉"), COUNTER_OFFICES),
            Entry("desk.exemptions", lazy_gettext("照顾名单"), COUNTER_OFFICES),
            Entry("desk.displays", lazy_gettext("门口屏"), ("community_secretary",)),
            Entry("desk.calendars", lazy_gettext("日历订阅"), COUNTER_OFFICES),
            Entry("desk.rooms", lazy_gettext("茶馆设置"), ("community_secretary",)),
        ),
    ),
    (
        lazy_gettext("公开"),
        (
            Entry("desk.ledger", lazy_gettext("账本"), (*MONEY_OFFICES, "community_worker")),
            Entry("desk.statements", lazy_gettext("收支表"), (*MONEY_OFFICES, "community_worker")),
        ),
    ),
)


def everywhere() -> dict[str, Any]:
    """Give every template the visitor, the place and the choices of the reader."""
    place = g.get("place") or home_place()
    return {
        "visitor": g.visitor,
        "csrf": g.visitor.csrf,
        "language": g.language,
        "elder": preferences.is_elder(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "place": place,
        "office_name": office_name,
        "state_words": STATES,
        **sittings.WORDS,
        "account_words": ACCOUNTS,
        "booking_states": BOOKING_STATES,
        "can_search": g.visitor.office in COUNTER_OFFICES,
        "desk_menu": desk_menu(),
        "surface_home": surface_home(),
        "sheet_address": assets.SHEET_ADDRESS,
        "today": today(),
        "moment_now": g.clock.now(),
        "first_room": first_room,
        "room_words": room_words,
        "has_rooms": has_rooms,
    }


def today() -> Any:
    """Return the domain's day in Shanghai."""
    return g.clock.now().astimezone(SHANGHAI).date()


def office_name(code: str | None) -> str:
    """Write an office in the reader's language; without one a person acts as a resident."""
    return str(OFFICES.get(code or "resident", code))


def desk_menu() -> list[tuple[Any, list[Entry]]]:
    """Return the staff menu of the active office."""
    office = g.visitor.office
    groups = [
        (head, [entry for entry in entries if office in entry.offices])
        for head, entries in DESK_MENU
        if has_rooms() or not any(head is one for one in ROOM_HEADS)
    ]
    return [(head, entries) for head, entries in groups if entries]


def venues_of(code: str | None) -> list[dict[str, Any]] | None:
    """Return a community's venues; None when they cannot be read."""
    if not code or len(code) != 12:
        return []
    try:
        return g.api.public("venue", f"/divisions/{code}/venues")["items"]
    except Problem:
        return None


def has_rooms() -> bool:
    """Tell whether the visitor's community has a venue; while that cannot be read, its pages stay in reach."""
    return venues_of(g.visitor.community) != []


def first_room(code: str) -> str | None:
    """Return the room that stands for a community's rooms on its board."""
    return next((space["space_id"] for venue in venues_of(code) or [] for space in venue["spaces"]), None)


def room_words(name: str, code: str | None = None) -> str:
    """Say a room of the books, which keep its Chinese name, in the reader's language."""
    if g.language == "zh":
        return name
    spaces = [space for venue in venues_of(code or g.visitor.community) or [] for space in venue["spaces"]]
    return next((space["names"]["en"] for space in spaces if space["names"]["zh"] == name), name)


def surface_home() -> tuple[str, str] | None:
    """Return address and words of the surface the signed-in person works on."""
    if not g.visitor.signed_in:
        return None
    if g.visitor.office in ("street_officer", "district_officer"):
        return "/district", _("区级平台")
    return ("/desk", _("工作台")) if g.visitor.office else ("/my", _("我的邻里"))


def place_of(code: str) -> dict[str, Any]:
    """Read a division with its contact and make it the page's place. Raises Problem (404 for no such division)."""
    place = g.api.public("identity", f"/divisions/{code}")
    g.place = place
    return place


def home_place() -> dict[str, Any] | None:
    """Return the visitor's division, else the district; None when identity cannot be reached."""
    for code in (g.visitor.division, g.settings.district):
        try:
            if code:
                return g.api.public("identity", f"/divisions/{code}")
        except Problem:
            continue
    return None
