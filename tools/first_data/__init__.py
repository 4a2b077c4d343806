# SPDX-License-Identifier: Apache-2.0
"""Fills an empty platform: what is official (districts, 五福茶馆, its books) and, unless left out, a synthetic month.

Everything goes through the services' own use cases, each with a clock of its own, so events, audit rows and the ledger
come about as they would have. All people are invented and say so by their names.
"""
