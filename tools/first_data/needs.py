# SPDX-License-Identifier: Apache-2.0
"""A month of visits and needs in three communities: many here, few there, so that hidden counts show too."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from engagement.usecases.needs import assign_need, raise_need, rate_need, reopen_need, resolve_need
from engagement.usecases.visits import record_visit

from tools.first_data.official import CHENGDU, first_of_last_month
from tools.first_data.people import NIUSHALU, SHUANGGUILU, WUFUQIAO
from tools.first_data.platform import Here, Platform, officer, resident
from tools.first_data.progress import Progress

HOW_MANY = {WUFUQIAO: 16, SHUANGGUILU: 8, NIUSHALU: 3}
WORK = "identity.register.read engagement.work engagement.counts"
# category, title, detail, who acts
KINDS = (
    ("lighting", "三号院路灯不亮", "晚上倒垃圾看不清台阶。", "路灯管理所"),
    ("repairs", "单元门锁坏了", "门关不上,夜里不放心。", "物业服务站"),
    ("parking", "电动车充电桩不够", "下班后排队。", "物业服务站"),
    ("sanitation", "垃圾桶满得快", "周末清运不及时。", "环卫班组"),
    ("elders", "送餐想换成软食", "牙口不好。", "长者食堂"),
    ("water_power", "二次供水多久清洗一次", "想知道记录贴在哪里。", "物业服务站"),
    ("greenery", "树枝挡住窗户", "一楼白天也要开灯。", "园林队"),
    ("activities", "想学用手机挂号", "几位邻居都想学。", "志愿服务队"),
)
FATES = ("received", "assigned", "assigned", "resolved", "rated", "rated", "reopened")


def fill(platform: Platform, progress: Progress, residents: dict[str, list[dict[str, str]]]) -> None:
    """Raise the needs of every community and let each have its fate."""
    begins = datetime.combine(first_of_last_month(platform.now), time(9), CHENGDU)
    days = max((platform.now - begins).days - 2, 1)
    for division, count in HOW_MANY.items():
        random = Random(division)  # noqa: S311 - a reproducible demonstration, no secret
        for number in range(count):
            at = begins + timedelta(days=number * days // count, hours=random.randrange(8))
            who = residents[division][number % len(residents[division])]
            kind, fate = random.choice(KINDS), FATES[number % len(FATES)]
            progress.once(
                f"need {division} {number}",
                lambda d=division, w=who, k=kind, f=fate, a=at, n=number: _need(platform, d, w, k, f, a, n),
            )


def _need(
    platform: Platform, division: str, who: dict[str, str], kind: Any, fate: str, at: datetime, number: int
) -> str:
    category, title, detail, assignee = kind
    worker = Here(officer(division, "community_worker", WORK), platform.engagement)
    person = Here(resident(division, who["person_id"]), platform.engagement)
    new = {"category": category, "title": title, "detail": detail}
    platform.at(at)
    if number % 2:
        need = raise_need(platform.engagement, person, new).content
    else:
        visit = {**who, "visited_at": at.isoformat(), "note": "家中一切平安。", "need": new}
        need = record_visit(platform.engagement, worker, visit).content["need"]
    need_id = UUID(need["need_id"])
    if fate == "received":
        return need["need_id"]
    platform.at(at + timedelta(hours=5))
    promised = (platform.clock.now() + timedelta(days=7)).astimezone(CHENGDU).date()
    assign_need(platform.engagement, worker, need_id, assignee, promised, "已转办,请等候上门。")
    if fate == "assigned":
        return need["need_id"]
    platform.at(at + timedelta(days=2))
    resolve_need(platform.engagement, worker, need_id, "已经处理好,请看看是否满意。")
    platform.at(at + timedelta(days=3))
    if fate == "rated":
        rate_need(platform.engagement, person, need_id, 5 if number % 3 else 4, "谢谢,很快。")
    if fate == "reopened":
        reopen_need(platform.engagement, person, need_id, "还是时好时坏。")
    return need["need_id"]
