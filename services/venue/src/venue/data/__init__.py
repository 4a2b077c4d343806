# SPDX-License-Identifier: Apache-2.0
"""Venues as data, to be created by ``python -m venue create-venue``."""
