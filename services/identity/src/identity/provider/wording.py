# SPDX-License-Identifier: Apache-2.0
"""What the provider's pages say, in both languages. Short sentences; no word of the protocol."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "zh"
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "lang": "zh-Hans",
        "product": "邻里",
        "home": "回首页",
        "other_language": "English",
        "sign_in": "登录",
        "sign_in_title": "登录邻里",
        "lead": "用社区给您的用户名和密码登录。",
        "username": "用户名",
        "username_hint": "不分大小写",
        "password": "密码",
        "wrong": "没能登录",
        "wrong_detail": "用户名或密码不对,或者试的次数太多了。请核对后再试;连续几次不成功,请等十五分钟。",
        "missing_detail": "请把用户名和密码都填上。",
        "stale": "页面放久了",
        "stale_detail": "为了安全,请再填一次密码。",
        "forgot": "忘了密码?没有账号?",
        "forgot_detail": "带上证件到您所在社区的办公室,当面办理,不收费。也可以请家人陪同。",
        "shared_device": "用完公用的电脑或别人的手机,记得点“退出”。",
        "contact": "负责单位",
        "not_possible": "现在不能登录",
        "bad_request": "这个登录链接不完整或已失效。请回首页,重新点“登录”。",
        "busy": "现在登录的人太多,请过几秒再试。",
        "failed": "系统出错了,什么也没有改动。请稍后再试。",
        "not_found": "这里没有您要的页面。",
        "signed_out": "已经退出",
        "signed_out_detail": "您可以关掉这个页面,或者回首页。",
        "nothing_to_end": "没有要退出的登录",
        "nothing_to_end_detail": "请在网站的页面上点“退出”。",
    },
    "en": {
        "lang": "en",
        "product": "Linli",
        "home": "Home",
        "other_language": "中文",
        "sign_in": "Sign in",
        "sign_in_title": "Sign in to Linli",
        "lead": "Use the username and password your community gave you.",
        "username": "Username",
        "username_hint": "Capital or small letters do not matter",
        "password": "Password",
        "wrong": "You are not signed in",
        "wrong_detail": "The username or password is wrong, or there were too many attempts. Please check them and try"
        " again; after several failures, wait fifteen minutes.",
        "missing_detail": "Please fill in both the username and the password.",
        "stale": "This page was open for a long time",
        "stale_detail": "For your safety, please enter your password once more.",
        "forgot": "Forgot your password? No account yet?",
        "forgot_detail": "Come to your community's office with an identity document. It is free, and you may bring"
        " somebody with you.",
        "shared_device": "On a shared computer or somebody else's phone, sign out when you are done.",
        "contact": "Responsible",
        "not_possible": "You cannot sign in right now",
        "bad_request": "This sign-in link is incomplete or no longer valid. Please go home and choose “Sign in” again.",
        "busy": "Too many people are signing in. Please try again in a few seconds.",
        "failed": "Something went wrong on our side and nothing was changed. Please try again later.",
        "not_found": "There is no such page.",
        "signed_out": "You are signed out",
        "signed_out_detail": "You may close this page or go home.",
        "nothing_to_end": "There is nothing to sign out of",
        "nothing_to_end_detail": "Please use “Sign out” on the pages of the site.",
    },
}


def choose(locales: str | None, accept: str | None) -> str:
    """Pick the language: an explicit choice first, then what the browser prefers; Chinese otherwise."""
    for wish in (locales or "").split():
        if wish[:2] in WORDS:
            return wish[:2]
    for wish in (accept or "").split(","):
        code = wish.split(";")[0].strip()[:2].lower()
        if code in WORDS:
            return code
    return DEFAULT
