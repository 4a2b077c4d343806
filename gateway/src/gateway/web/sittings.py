# SPDX-License-Identifier: Apache-2.0
"""Words for sittings and desks, the same on every surface."""

from __future__ import annotations

from flask_babel import lazy_gettext

STATES = {
    "planned": lazy_gettext("已排好"),
    "unplaced": lazy_gettext("还没有屋子"),
    "held": lazy_gettext("来了"),
    "missed": lazy_gettext("未到"),
    "cancelled": lazy_gettext("取消"),
}
STATE_TAGS = {"planned": "", "unplaced": "bad", "held": "", "missed": "bad", "cancelled": "plain"}
REASONS = {
    "taken": lazy_gettext("屋子已有人订了"),
    "closed": lazy_gettext("屋子不开放"),
    "rota_ended": lazy_gettext("排班已结束"),
}
OUTCOMES = {
    "came": lazy_gettext("来了"),
    "substitute_came": lazy_gettext("替班的来了"),
    "missed": lazy_gettext("没来"),
}
TOPIC_STATES = {
    "proposed": lazy_gettext("未公开"),
    "published": lazy_gettext("已公开"),
    "handed_on": lazy_gettext("已转办"),
    "answered": lazy_gettext("已答复"),
    "merged": lazy_gettext("已合并"),
    "declined": lazy_gettext("不公开"),
}
DECLINE_REASONS = {
    "about_a_person": lazy_gettext("说的是某一个人的事，不适合当众谈"),
    "not_for_us": lazy_gettext("不归社区和街道管"),
    "answered_before": lazy_gettext("以前答复过"),
    "unclear": lazy_gettext("看不明白说的是什么"),
    "abusive": lazy_gettext("有骂人的话"),
    "other": lazy_gettext("其他，写明原因"),
}
CHANNELS = {
    "web": lazy_gettext("网上"),
    "letterbox": lazy_gettext("小区信箱"),
    "wechat": lazy_gettext("微信"),
    "qq": "QQ",
    "phone": lazy_gettext("电话"),
    "counter": lazy_gettext("柜台"),
}
TICKET_STATES = {
    "waiting": lazy_gettext("排队中"),
    "called": lazy_gettext("叫到了"),
    "served": lazy_gettext("办完了"),
    "not_came": lazy_gettext("叫号没来"),
    "left": lazy_gettext("已退号"),
    "cancelled": lazy_gettext("这一场取消了"),
    "lapsed": lazy_gettext("这一场结束了"),
}
TICKET_NEWS = {  # what happened to a number that did not lead to anything, in the words of its holder's page
    "lapsed": lazy_gettext("这一场已经结束，没有叫到您的号，事情还没有办。请取下一场的号；着急的话请到社区柜台。"),
    "called_lapsed": lazy_gettext("叫过您的号，可是没有记下结果。已经办好的不用再来；没办好的，请取下一场的号。"),
    "cancelled": lazy_gettext("这一场不开了，您的号跟着取消，不用再去。"),
    "not_came": lazy_gettext("叫到您的号时，您不在。还要办的话，请再取一个号。"),
    "displaced": lazy_gettext(
        "这一场的屋子临时用不了，社区正在另找地方。您的号先留着；找到了屋子，或者这一场不开了，这里都会写明。"
    ),
}
WEEKDAYS = (
    lazy_gettext("周一"),
    lazy_gettext("周二"),
    lazy_gettext("周三"),
    lazy_gettext("周四"),
    lazy_gettext("周五"),
    lazy_gettext("周六"),
    lazy_gettext("周日"),
)
WORDS = {
    "weekday_words": WEEKDAYS,
    "session_states": STATES,
    "session_tags": STATE_TAGS,
    "session_reasons": REASONS,
    "attendance_words": OUTCOMES,
    "topic_states": TOPIC_STATES,
    "topic_channels": CHANNELS,
    "decline_reasons": DECLINE_REASONS,
    "ticket_states": TICKET_STATES,
    "ticket_news": TICKET_NEWS,
}
