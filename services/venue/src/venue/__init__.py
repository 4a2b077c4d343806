# SPDX-License-Identifier: Apache-2.0
"""Shared rooms: regimes, prices, bookings, check-in and settlement."""
