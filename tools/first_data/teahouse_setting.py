# SPDX-License-Identifier: Apache-2.0
"""How the teahouse is set up before the first booking: rooms, regimes, hours, limits, sittings and desks."""

from __future__ import annotations

import base64
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Any

from venue.domain.sittings.rotas import Official
from venue.usecases.booking.quotas import SetQuota, set_quota
from venue.usecases.opening.opening import set_weekly_hours
from venue.usecases.opening.owed_sessions import accrue_owed_sessions
from venue.usecases.opening.regimes import create_regime, set_price
from venue.usecases.sittings.rotas import NewRota, create_rota
from venue.usecases.venues.spaces import NewSpace, create_space, update_space
from venue.usecases.venues.venue_details import add_photo, update_venue

from tools.first_data.house import SECRETARY, WORKER, House, done, under
from tools.first_data.official import CHENGDU, first_of_last_month
from tools.first_data.progress import Progress

DAILY, HALVES = range(1, 8), {"east": ("东间", "east"), "west": ("西间", "west")}
# code, names, what for, kind, fen an hour (None: not for booking)
REGIMES = (
    ("at_cost", ("成本时段", "At-cost hours"), ("培训讲座", "training and lectures"), "at_cost", 1000),
    ("office_hours", ("坐谈时段", "Open tea"), ("街道社区坐谈", "officials sit with residents"), "office_hours", None),
    ("government_desk", ("办事时段", "Desk hours"), ("服务台", "government desks"), "government_desk", None),
    ("closed", ("打扫时段", "Cleaning"), ("打扫", "cleaning"), "closed", None),
)
# regime, on which weekdays, from, until
WEEK = (
    ("government_desk", (2, 3), "08:30", "09:00"),
    ("public_benefit", (1,), "09:00", "12:30"),
    ("closed", (1,), "12:30", "13:30"),
    ("public_benefit", (1,), "13:30", "18:00"),
    ("public_benefit", (2, 3, 5, 7), "09:00", "18:00"),
    ("public_benefit", (4,), "09:00", "15:00"),
    ("office_hours", (4,), "15:00", "17:00"),
    ("public_benefit", (4,), "17:00", "18:00"),
    ("public_benefit", (6,), "09:00", "14:00"),
    ("at_cost", (6,), "14:00", "18:00"),
    ("commercial", DAILY, "18:00", "22:00"),
)
OPENING = {
    "zh": "每天 9 点到 22 点，18 点以前多是公益时段；周六下午收成本，周四下午街道和社区来人坐谈，周一中午打扫。",
    "en": "Daily 9:00 to 22:00, mostly public-benefit hours until 18:00; at cost on Saturday afternoons, open tea with "
    "officials on Thursday afternoons, cleaning on Mondays at noon.",
}
LIMITS = {"lead_minutes": 5, "offer_minutes": 240}  # an offer that a visitor of the demonstration still finds open
SITS = (
    Official("street_officer", "街道干部", "street officer"),
    Official("community_secretary", "社区书记", "community secretary"),
)


def prepare(house: House, progress: Progress) -> None:
    """Set up what every booking of the month is judged by."""
    begins = datetime.combine(first_of_last_month(house.platform.now), time(8), CHENGDU)
    for name, act in (("profile", _profile), ("rooms", _rooms), ("regimes", _regimes), ("rotas", _rotas)):
        house.at(begins)
        progress.once(f"teahouse {name}", lambda a=act: a(house))


def _profile(house: House) -> bool:
    photo = {
        "media_type": "image/jpeg",
        "content_base64": base64.b64encode(
            resources.files("tools.first_data").joinpath("wufu_teahouse.jpg").read_bytes()
        ).decode(),
        "alt_zh": "五福茶馆门前，示意图",
        "alt_en": "In front of the Wufu Teahouse, a drawing",
    }
    changes = {"opening": OPENING, "limits": LIMITS}
    done(add_photo(house.deps, SECRETARY, house.venue_id, photo, under(SECRETARY, "photo")))
    done(update_venue(house.deps, SECRETARY, house.venue_id, changes, under(SECRETARY, "profile")))
    accrue_owed_sessions(house.deps)
    return True


def _rooms(house: House) -> bool:
    """The elders' space can be divided; the whole house is given by approval, with time to set up and clean."""
    for half, (zh, en) in HALVES.items():
        new = NewSpace(
            f"elders_space_{half}", f"长者空间{zh}", f"Elders' Space, {en}", 10,
            new_atoms=(f"elders_space_{half}",), divides=house.spaces["elders_space"],
            prices={"public_benefit": 0, "commercial": 1600},
        )  # fmt: skip
        done(create_space(house.deps, SECRETARY, house.venue_id, new, under(SECRETARY, f"half {half}")))
    changes = {"needs_approval": True, "setup_minutes": 30, "cleanup_minutes": 30}
    done(update_space(house.deps, SECRETARY, house.spaces["whole_house"], changes, under(SECRETARY, "whole house")))
    return True


def _regimes(house: House) -> bool:
    """Every kind of time there is, week by week from the month's first day on."""
    venue_id, first = house.venue_id, house.deps.clock.now().astimezone(CHENGDU).date()
    for code, (zh, en), (for_zh, for_en), kind, fen in REGIMES:
        new = {
            "code": code, "name_zh": zh, "name_en": en, "purposes_zh": [for_zh], "purposes_en": [for_en],
            "kind": kind, "audience": "everyone", "approval": "none",
        }  # fmt: skip
        done(create_regime(house.deps, SECRETARY, venue_id, new, fen, under(SECRETARY, f"regime {code}")))
    hours = [
        {"regime": regime, "weekday": weekday, "from": start, "until": end}
        for regime, weekdays, start, end in WEEK
        for weekday in weekdays
    ]
    done(set_weekly_hours(house.deps, SECRETARY, venue_id, first, hours, under(SECRETARY, "weekly hours")))
    whole, tomorrow = house.spaces["whole_house"], first + timedelta(days=1)
    done(set_price(house.deps, SECRETARY, whole, "at_cost", tomorrow, 4000, under(SECRETARY, "price"), 10000))
    return True


def _rotas(house: House) -> bool:
    """The weekly open tea and three government desks."""
    first = house.deps.clock.now().astimezone(CHENGDU).date()

    def plan(kind: str, room: str, weekday: int, minute: int, minutes: int, zh: str, en: str, **more: Any) -> NewRota:
        return NewRota(kind, house.spaces[room], (weekday,), minute, minutes, zh, en, first, **more)

    plans = {
        "sitting": plan(
            "sitting", "council_pavilion", 4, 900, 120, "周四坐谈", "Thursday open tea", officials=SITS,
        ),
        "elders": plan(
            "desk", "service_post", 2, 510, 120, "老年社保", "Insurance for elders",
            desk_code="elder_insurance", capacity_per_hour=6,
        ),
        "aid": plan(
            "desk", "service_post", 3, 510, 120, "残疾人救助", "Aid for people with disabilities",
            desk_code="disability_aid", capacity_per_hour=4,
        ),
        "family": plan(
            "desk", "service_post", 5, 840, 90, "计生服务", "Family planning",
            desk_code="family_planning", capacity_per_hour=4,
        ),
    }  # fmt: skip
    for name, new in plans.items():
        done(create_rota(house.deps, WORKER, new, under(WORKER, f"rota {name}")))
    return True


def limit(house: House) -> bool:
    """What a person, a household, a group and everybody together may book; what is booked counts already."""
    house.at(house.platform.now - timedelta(hours=3))
    quotas = {
        "person": SetQuota("person", "month", minutes_limit=1200),
        "household": SetQuota("household", "week", count_limit=8),
        "group": SetQuota("group", "month", count_limit=8),
        "community": SetQuota("community", "month", minutes_limit=12000, regime="commercial"),
    }
    for name, quota in quotas.items():
        done(set_quota(house.deps, SECRETARY, house.venue_id, quota, under(SECRETARY, f"quota {name}")))
    return True
