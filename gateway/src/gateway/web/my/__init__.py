# SPDX-License-Identifier: Apache-2.0
"""The residents' surface: six choices, the teahouse, one's own bookings and needs, one's own account."""

from gateway.web.my.surface import pages

__all__ = ["pages"]
