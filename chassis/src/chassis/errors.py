# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as a tree by what the caller should do; chassis.http tells it on the wire."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("zh", "en")


def say(zh: str, en: str) -> Mapping[str, str]:
    """Return one text in both languages, read only."""
    return MappingProxyType({"zh": zh, "en": en})


class AppError(Exception):
    """A refusal with a stable machine code and a reason a person understands in both languages.

    Raise a subclass: ``raise Conflict("slot_taken", zh="这段时间已有人订了", en="Already booked",
    alternatives=[...])``. Without a reason the class's own is told. Everything else in ``extra`` becomes a
    member of the problem document, so it must be JSON and never personal data of somebody else.
    """

    status = 500
    default_code = "internal_error"
    title: Mapping[str, str] = say("系统出错了", "Something went wrong on our side")
    default_reason: Mapping[str, str] = say(
        "系统出错了，什么也没有改动。请稍后再试。",
        "Something went wrong on our side and nothing was changed. Please try again later.",
    )

    def __init__(
        self,
        code: str | None = None,
        *,
        zh: str | None = None,
        en: str | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        self.code = code or self.default_code
        self.reason = {
            "zh": zh or en or self.default_reason["zh"],
            "en": en or zh or self.default_reason["en"],
        }
        self.headers = dict(headers or {})
        self.extra = extra
        super().__init__(self.code, self.reason["en"])

    def detail(self, language: str) -> str:
        """The reason in that language; Chinese where the language is unknown."""
        return self.reason.get(language) or self.reason["zh"]


class Invalid(AppError):
    """The request does not follow the contract; change the request."""

    status = 400
    default_code = "invalid_request"
    title = say("请求有误", "The request is not valid")
    default_reason = say("请求的内容不符合要求。", "The request does not follow the contract.")


class Unauthenticated(AppError):
    """Nobody known is asking; sign in or fetch a token for this service."""

    status = 401
    default_code = "unauthenticated"
    title = say("请先登录", "Please sign in")
    default_reason = say(
        "没有有效的登录凭证，请重新登录。", "There is no valid token for this service; please sign in again."
    )


class Forbidden(AppError):
    """The caller is known and may not do this; repeating it will not help."""

    status = 403
    default_code = "forbidden"
    title = say("没有权限", "Not permitted")
    default_reason = say("您没有办理这件事的权限。", "You do not have the permission for this.")


class NotFound(AppError):
    """Not in the caller's division, or nowhere: the answer does not tell which."""

    status = 404
    default_code = "not_found"
    title = say("没有找到", "Not found")
    default_reason = say("没有找到您要的内容。", "There is nothing here under this address.")


class MethodNotAllowed(AppError):
    """The address exists, the method does not."""

    status = 405
    default_code = "method_not_allowed"
    title = say("不支持的方法", "Method not allowed")
    default_reason = say("这个地址不支持这种操作。", "This address does not know that method.")


class Conflict(AppError):
    """The state of things does not allow it now; read again and decide."""

    status = 409
    default_code = "conflict"
    title = say("与现状冲突", "In conflict with the current state")
    default_reason = say("当前的状态不允许这样做。", "The current state does not allow this.")


class PreconditionFailed(AppError):
    """Somebody changed the object since the caller read it; read again."""

    status = 412
    default_code = "version_changed"
    title = say("内容已被更新", "Changed in the meantime")
    default_reason = say(
        "在您打开之后，内容已被别人更新。请刷新后再试。",
        "Somebody has changed this since you opened it. Please reload and try again.",
    )


class TooLarge(AppError):
    """The body is larger than the service reads."""

    status = 413
    default_code = "body_too_large"
    title = say("内容过大", "Too large")
    default_reason = say("提交的内容过大。", "The body is too large.")


class UnsupportedMediaType(AppError):
    """Something else than JSON in UTF-8."""

    status = 415
    default_code = "unsupported_media_type"
    title = say("不支持的内容类型", "Unsupported media type")
    default_reason = say("只接受 UTF-8 编码的 application/json。", "Only application/json in UTF-8 is accepted.")


class Unprocessable(AppError):
    """Well formed, and a rule of the domain refuses it; change what is asked."""

    status = 422
    default_code = "unprocessable"
    title = say("不符合规则", "A rule refuses this")
    default_reason = say("规则不允许这样做。", "A rule does not allow this.")


class PreconditionRequired(AppError):
    """A write without the header that makes it safe; send it."""

    status = 428
    default_code = "precondition_required"
    title = say("缺少必需的请求头", "A required header is missing")
    default_reason = say("这个操作需要附带前提条件请求头。", "This operation needs a precondition header.")


class TooMany(AppError):
    """Too often; wait as long as Retry-After says."""

    status = 429
    default_code = "too_many_requests"
    title = say("请求太频繁", "Too many requests")
    default_reason = say("操作太频繁，请稍后再试。", "Too many requests; please wait a moment.")


class Unavailable(AppError):
    """A part of ours is away for a moment; the same request later is right."""

    status = 503
    default_code = "unavailable"
    title = say("暂时无法使用", "Not available right now")
    default_reason = say(
        "服务暂时无法使用，什么也没有改动。请稍后再试。",
        "The service is not available right now and nothing was changed. Please try again shortly.",
    )
