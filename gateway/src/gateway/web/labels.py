# SPDX-License-Identifier: Apache-2.0
"""What people call the fields of the contracts, and where on our forms they are typed. A problem names a field by its
path in the contract; nobody who fills in a form should have to read that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web.client import Problem

# The last part of a field's path, or as much of its end as decides -> the label our forms show.
LABELS: dict[str, Any] = {
    "address": lazy_gettext("在哪里"),
    "address.en": lazy_gettext("在哪里（英文）"),
    "alt_en": lazy_gettext("照片里是什么（英文）"),
    "alt_zh": lazy_gettext("照片里是什么"),
    "amount_fen": lazy_gettext("金额"),
    "answer": lazy_gettext("答复的话"),
    "approval": lazy_gettext("要不要批"),
    "assignee": lazy_gettext("派给谁"),
    "atoms": lazy_gettext("哪些部分"),
    "audience": lazy_gettext("给谁用"),
    "booking_id": lazy_gettext("哪个预订"),
    "bookings": lazy_gettext("勾选的预订"),
    "cancel_bookings": lazy_gettext("取消这些预订"),
    "capacity": lazy_gettext("坐几人"),
    "capacity_per_hour": lazy_gettext("每小时几个号"),
    "category": lazy_gettext("哪一类"),
    "channel": lazy_gettext("从哪里听到"),
    "cleanup_minutes": lazy_gettext("结束后打扫（分钟）"),
    "code": lazy_gettext("代号"),
    "comment": lazy_gettext("想说的话"),
    "confirm": lazy_gettext("照样日结"),
    "confirm_to_date": lazy_gettext("截至今天"),
    "content_base64": lazy_gettext("照片"),
    "count_limit": lazy_gettext("最多几次"),
    "counted_cash_fen": lazy_gettext("数到的现金（元）"),
    "counting": lazy_gettext("怎么管"),
    "currency": lazy_gettext("币种"),
    "current_password": lazy_gettext("现在的密码"),
    "cursor": lazy_gettext("第几页"),
    "date": lazy_gettext("哪天"),
    "days": lazy_gettext("几天"),
    "deposit_fen": lazy_gettext("押金"),
    "desk": lazy_gettext("哪个台"),
    "detail": lazy_gettext("说细一点"),
    "device": lazy_gettext("哪台设备"),
    "due_on": lazy_gettext("答应哪天办好"),
    "ends_at": lazy_gettext("结束时间"),
    "ends_on": lazy_gettext("到哪天止"),
    "equipment": lazy_gettext("设备"),
    "equipment_id": lazy_gettext("哪种设备"),
    "first_date": lazy_gettext("从哪一天起"),
    "follows_weekday": lazy_gettext("照星期几的时间开"),
    "from": lazy_gettext("几点开始"),
    "from_date": lazy_gettext("哪一天"),
    "functions": lazy_gettext("称呼"),
    "functions.en": lazy_gettext("英文称呼"),
    "grace_minutes": lazy_gettext("开始后留多少分钟"),
    "group_id": lazy_gettext("哪个小组"),
    "happened_at": lazy_gettext("几点到的"),
    "hold": lazy_gettext("先留着"),
    "hold_minutes": lazy_gettext("先留着，留多少分钟"),
    "horizon_days": lazy_gettext("最多提前几天订"),
    "hour_no": lazy_gettext("几点的号"),
    "hours": lazy_gettext("开放时间"),
    "household_id": lazy_gettext("哪一户"),
    "ids": lazy_gettext("哪位居民"),
    "into": lazy_gettext("并入哪个话题"),
    "is_member": lazy_gettext("是不是这一户的"),
    "keep_bookings": lazy_gettext("保留已有的预订"),
    "kind": lazy_gettext("是什么"),
    "label": lazy_gettext("名称"),
    "late_cancel_minutes": lazy_gettext("开始前多少分钟以内取消算晚"),
    "lead_minutes": lazy_gettext("至少提前多少分钟订"),
    "limit": lazy_gettext("一页几条"),
    "limits": lazy_gettext("预订的规矩"),
    "local_end": lazy_gettext("几点结束"),
    "local_start": lazy_gettext("几点开始"),
    "longest_minutes": lazy_gettext("一次最长订多少分钟"),
    "marks_days": lazy_gettext("一次记录算多少天"),
    "marks_limit": lazy_gettext("几次没来，先停提前订"),
    "media_type": lazy_gettext("照片"),
    "membership": lazy_gettext("和这一户的关系"),
    "method": lazy_gettext("怎么付"),
    "min_public_percent": lazy_gettext("公益时段至少占百分之几"),
    "minutes": lazy_gettext("多久"),
    "minutes_limit": lazy_gettext("最多几小时"),
    "month": lazy_gettext("哪个月"),
    "name": lazy_gettext("姓名"),
    "name_en": lazy_gettext("英文名称"),
    "name_zh": lazy_gettext("名称"),
    "names": lazy_gettext("名称"),
    "names.en": lazy_gettext("英文名称"),
    "names_nobody": lazy_gettext("没有写出任何人"),
    "need": lazy_gettext("听到的需求"),
    "needs_approval": lazy_gettext("每次预订都要批准"),
    "new_atoms": lazy_gettext("代号"),
    "new_password": lazy_gettext("新密码"),
    "nonce": lazy_gettext("这一条记录"),
    "note": lazy_gettext("记录"),
    "notes": lazy_gettext("记下的签到"),
    "offer_minutes": lazy_gettext("轮到候补的人，留多少分钟"),
    "office": lazy_gettext("职务"),
    "officer_id": lazy_gettext("哪一位"),
    "official": lazy_gettext("谁来坐谈"),
    "officials": lazy_gettext("谁来坐谈"),
    "on_behalf_of": lazy_gettext("替谁办"),
    "on_behalf_of.reason": lazy_gettext("为什么代办"),
    "open_ended": lazy_gettext("长期，一直排下去"),
    "opening": lazy_gettext("开放时间的说法"),
    "opening.en": lazy_gettext("开放时间的说法（英文）"),
    "outcome": lazy_gettext("结果"),
    "owed_free_sessions_per_month": lazy_gettext("每月欠几场免费的"),
    "own_hours": lazy_gettext("单独安排的日子"),
    "own_series_dates": lazy_gettext("自己固定订，最多订几次"),
    "parent_id": lazy_gettext("属于哪间屋子"),
    "party_size": lazy_gettext("几个人用"),
    "pause_days": lazy_gettext("最后一次以后停多少天"),
    "pays_online": lazy_gettext("网上付款"),
    "period": lazy_gettext("多长时间里"),
    "person": lazy_gettext("哪位居民"),
    "person_id": lazy_gettext("哪位居民"),
    "pick_up_code": lazy_gettext("取屋号"),
    "policy": lazy_gettext("有一天订不到怎么办"),
    "price_fen_per_hour": lazy_gettext("每小时多少元"),
    "prices": lazy_gettext("价格"),
    "purpose": lazy_gettext("做什么用"),
    "purposes_en": lazy_gettext("做什么用（英文）"),
    "purposes_zh": lazy_gettext("做什么用"),
    "q": lazy_gettext("要找的"),
    "quantity": lazy_gettext("几件"),
    "reason": lazy_gettext("为什么"),
    "reason_code": lazy_gettext("为什么"),
    "reason_en": lazy_gettext("原因（英文）"),
    "reason_zh": lazy_gettext("原因"),
    "refund_percent_late": lazy_gettext("取消得晚，付过的退百分之几"),
    "regime": lazy_gettext("时段"),
    "rows": lazy_gettext("表里的行"),
    "rrule": lazy_gettext("怎么重复"),
    "rules": lazy_gettext("茶馆的规矩"),
    "rules.en": lazy_gettext("茶馆的规矩（英文）"),
    "scope": lazy_gettext("哪些天"),
    "score": lazy_gettext("评几分"),
    "sessions": lazy_gettext("几场"),
    "setup_minutes": lazy_gettext("开始前布置（分钟）"),
    "space_code": lazy_gettext("哪间屋子"),
    "space_id": lazy_gettext("哪间屋子"),
    "split": lazy_gettext("一起订，按两段价格"),
    "starts_at": lazy_gettext("开始时间"),
    "starts_on": lazy_gettext("从哪天起"),
    "state": lazy_gettext("状态"),
    "stock": lazy_gettext("一共几件"),
    "story": lazy_gettext("茶馆的故事"),
    "story.en": lazy_gettext("茶馆的故事（英文）"),
    "subject": lazy_gettext("谁"),
    "telephone": lazy_gettext("电话"),
    "text": lazy_gettext("写的话"),
    "title": lazy_gettext("什么事"),
    "titles": lazy_gettext("名称"),
    "titles.en": lazy_gettext("英文名称"),
    "until": lazy_gettext("到什么时候"),
    "until_on": lazy_gettext("到哪天为止"),
    "valid_from": lazy_gettext("从哪天起"),
    "valid_until": lazy_gettext("到哪天止"),
    "venue_id": lazy_gettext("哪座茶馆"),
    "version": lazy_gettext("看到的版本"),
    "visited_at": lazy_gettext("哪天几点去的"),
    "weekday": lazy_gettext("星期几"),
    "weekdays": lazy_gettext("星期几"),
    "weeks": lazy_gettext("几周"),
    "wording": lazy_gettext("公开的说法"),
    "words": lazy_gettext("给提的人的话"),
}
# Where our forms ask for a field under another name; {n} is the number of the row, counted from one.
INPUTS = {
    "amount_fen": "amount",
    "content_base64": "photo",
    "count_limit": "count",
    "counted_cash_fen": "counted",
    "deposit_fen": "deposit",
    "ends_at": "ends_on",
    "functions": "function_zh",
    "hours.from": "from_{n}",
    "hours.regime": "regime_{n}",
    "hours.until": "until_{n}",
    "media_type": "photo",
    "minutes_limit": "hours",
    "names.en": "name_en",
    "names.zh": "name_zh",
    "new_atoms": "code",
    "officials": "function_zh_1",
    "officials.functions.en": "function_en_{n}",
    "officials.functions.zh": "function_zh_{n}",
    "officials.office": "office_{n}",
    "price_fen_per_hour": "yuan",
    "starts_at": "starts_on",
    "titles.en": "title_en",
    "titles.zh": "title_zh",
    "visited_at": "visited_on",
}
WRONG = {
    "required": lazy_gettext("还没有写：%(field)s。"),
    "too_short": lazy_gettext("没有写，或写得太少：%(field)s。"),
    "too_long": lazy_gettext("写得太长，或太多：%(field)s。"),
    "out_of_range": lazy_gettext("数太大或太小：%(field)s。"),
    "not_allowed": lazy_gettext("不能这样选：%(field)s。"),
}
UNREADABLE = lazy_gettext("没有写对：%(field)s。")
LANGUAGES = ("zh", "en")


def wrong(problem: Problem, inputs: Mapping[str, str] | None = None) -> dict[str, str]:
    """Say which fields are wrong, by the name of the form's input; ``inputs`` says where this form differs."""
    found: dict[str, str] = {}
    for row in problem.body.get("errors") or []:
        if isinstance(row, dict) and row.get("field"):
            path = str(row["field"])
            found.setdefault(input_of(path, inputs or {}), said(path, str(row.get("code")), str(row.get("detail", ""))))
    return found


def said(path: str, code: str, detail: str) -> str:
    """Say what is wrong with a field. Where a service gave words of its own, without the field's name, they stand."""
    if detail and path not in detail:
        return detail
    return str(WRONG.get(code, UNREADABLE)) % {"field": label(path)}


def label(path: str) -> str:
    """Return what our forms call a field of a contract."""
    return str(next((LABELS[end] for end in _ends(path) if end in LABELS), _("填写的内容")))


def input_of(path: str, inputs: Mapping[str, str]) -> str:
    """Return the name of the input in which a field of a contract is typed."""
    row = next((int(part) + 1 for part in path.split(".") if part.isdecimal() and len(part) < 4), 1)
    for end in _ends(path):
        if found := inputs.get(end) or INPUTS.get(end):
            return found.format(n=row)
    *before, last = [part for part in path.split(".") if not part.isdecimal()] or [""]
    return f"{before[-1]}_{last}" if before and last in LANGUAGES else last


def _ends(path: str) -> list[str]:
    """List the ends of a path, the longest first, without the numbers of rows: a text in Chinese is called as such."""
    parts = [part for part in path.split(".") if not part.isdecimal()]
    ends = [".".join(parts[number:]) for number in range(len(parts))]
    return [*ends, ".".join(parts[:-1]), *parts[-2:-1]] if parts and parts[-1] in LANGUAGES else ends
