# SPDX-License-Identifier: Apache-2.0
"""Visits and needs: what residents need and what becomes of it."""
