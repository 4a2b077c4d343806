# SPDX-License-Identifier: Apache-2.0
"""Booking a room: judged, taken, held, moved, given back."""
