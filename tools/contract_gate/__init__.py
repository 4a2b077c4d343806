# SPDX-License-Identifier: Apache-2.0
"""The compatibility gate: what was released may grow, and may not break who relies on it."""
