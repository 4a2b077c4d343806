# SPDX-License-Identifier: Apache-2.0
"""The only place that speaks SQL. Every statement names its division; row-level security does not depend on it."""
