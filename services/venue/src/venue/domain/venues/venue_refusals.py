# SPDX-License-Identifier: Apache-2.0
"""Why a venue's profile, spaces or equipment cannot be changed so."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import AppError, Conflict, NotFound, Unprocessable

MOST_CODES = 50
IN_USE_BY = {  # what may lie ahead in a space, and the way out of it
    "bookings": ("个预订（先改期或取消）", "bookings (move or cancel them first)"),
    "requests": ("个等批准的申请（先答复）", "undecided requests (decide them first)"),
    "offers": (
        "个替候补的人留着的时间（等他们答复，或在候补里取消）",
        "times kept for people of the waiting list (wait for their answer, or take them off the list)",
    ),
}


def unknown_photo() -> AppError:
    """No such photo of this venue."""
    return NotFound("photo_not_found", zh="没有这张照片。", en="There is no such photo.")


def not_a_photo() -> AppError:
    """The bytes are no JPEG, PNG or WebP, broken, or not what they are said to be."""
    return Unprocessable(
        "not_a_photo",
        zh="这个文件不是完整的 JPEG、PNG 或 WebP 照片，请换一张。",
        en="This file is not a whole JPEG, PNG or WebP photo; please choose another.",
    )


def photo_too_large(kilobytes: int) -> AppError:
    """Over the limit."""
    return Unprocessable(
        "photo_too_large",
        zh=f"照片最大 {kilobytes} KB，请先缩小再传。",
        en=f"A photo is {kilobytes} KB at most; please make it smaller first.",
        kilobytes=kilobytes,
    )


def too_many_photos(most: int) -> AppError:
    """Every place is taken."""
    return Conflict(
        "too_many_photos",
        zh=f"最多 {most} 张照片，请先撤下一张。",
        en=f"There are {most} photos at most; take one down first.",
        most=most,
    )


def code_taken(code: str) -> AppError:
    """The venue has one of that code already, perhaps a retired one."""
    return Conflict("code_taken", zh=f"代号 {code} 已经用过了。", en=f"The code {code} is already used.")


def outside_its_parent() -> AppError:
    """A half takes what its room does not have, or the tree would run in a circle."""
    return Unprocessable(
        "outside_its_parent",
        zh="这间屋子占用的单元要在它所属的屋子之内，也不能属于自己。",
        en="A space takes only what the space it is part of has, and is never part of itself.",
    )


def nothing_to_hold() -> AppError:
    """A space without a single atom could be booked by everybody at once."""
    return Unprocessable("nothing_to_hold", zh="屋子至少要占一个单元。", en="A space takes at least one atom.")


def unknown_atoms(codes: Sequence[str]) -> AppError:
    """Atoms that the venue does not have and that were not named as new."""
    return Unprocessable(
        "unknown_atoms",
        zh=f"没有这些单元：{'、'.join(codes)}。",
        en=f"The venue has no such atoms: {', '.join(codes)}.",
        codes=list(codes),
    )


def space_in_use(ahead: Sequence[tuple[str, str]]) -> AppError:
    """Bookings, requests or offers (each with its code) lie ahead that the change would leave without their room."""
    many = {kind: sum(kind == one for _, one in ahead) for kind in IN_USE_BY}
    told = [(many[kind], *words) for kind, words in IN_USE_BY.items() if many[kind] or not ahead]
    return Conflict(
        "space_in_use",
        zh=f"这间屋子以后还有{'、'.join(f' {count} {zh}' for count, zh, _ in told)}。",
        en=f"This space still has {', '.join(f'{count} {en}' for count, _, en in told)}.",
        count=len(ahead),
        codes=[code for code, _ in ahead[:MOST_CODES]],
        **many,
    )


def sessions_ahead() -> AppError:
    """Officials sit there, or a desk is kept, on days to come."""
    return Conflict(
        "sessions_ahead",
        zh="这间屋子以后还有坐谈或窗口，要先停止排班或换屋子。",
        en="Sittings or desks are planned here; end their plan or move them first.",
    )


def has_parts() -> AppError:
    """Its parts are still in use."""
    return Conflict("space_has_parts", zh="先停办它分出的屋子。", en="Retire the spaces that are part of it first.")


def unknown_equipment() -> AppError:
    """No such equipment in this venue."""
    return NotFound("equipment_not_found", zh="没有这种设备。", en="There is no such equipment.")


def equipment_promised() -> AppError:
    """Stock would fall below what bookings ahead rely on; the database says so."""
    return Conflict(
        "equipment_promised",
        zh="以后的预订已经用到这么多，库存不能减到这个数。",
        en="Bookings ahead rely on more of it; the stock cannot be lowered that far.",
    )


def too_many_numbered(most: int) -> AppError:
    """More items than are numbered one by one."""
    return Unprocessable(
        "too_many_numbered",
        zh=f"逐件编号最多 {most} 件，再多请按数量管理。",
        en=f"Up to {most} items are numbered; count larger stock instead.",
        most=most,
    )


def equipment_taken(code: str) -> AppError:
    """Not enough of it is free at that time."""
    return Conflict(
        "equipment_taken",
        zh="这段时间设备不够了，请减少数量或换时间。",
        en="There is not enough of this equipment at that time.",
        equipment=code,
    )
