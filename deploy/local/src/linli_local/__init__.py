# SPDX-License-Identifier: Apache-2.0
"""Starts the whole platform on one machine, with neither Docker nor root."""
