# SPDX-License-Identifier: Apache-2.0
"""Deposits, payments, refunds and the operator's day."""
