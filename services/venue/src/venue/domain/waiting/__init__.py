# SPDX-License-Identifier: Apache-2.0
"""The waiting list and its offers."""
