# SPDX-License-Identifier: Apache-2.0
"""Pure rules of the ledger and its statements: no IO, no clock, no framework."""
