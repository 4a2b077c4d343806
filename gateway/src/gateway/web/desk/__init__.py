# SPDX-License-Identifier: Apache-2.0
"""The staff surface: one desk, divided by what one comes to do."""


def install(app):
    """x"""
