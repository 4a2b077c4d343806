# SPDX-License-Identifier: Apache-2.0
"""The double-entry ledger, its statements and what is published."""
