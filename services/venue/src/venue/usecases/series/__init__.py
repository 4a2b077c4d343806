# SPDX-License-Identifier: Apache-2.0
"""Bookings that repeat: arranged, tried out, changed and cancelled as one, or date by date."""
