# SPDX-License-Identifier: Apache-2.0
"""Fixtures for real PostgreSQL and real Kafka; never imported by production code."""
