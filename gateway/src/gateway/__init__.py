# SPDX-License-Identifier: Apache-2.0
"""The one door: edge (sessions, tokens, routing, limits) and web (the pages)."""
