# SPDX-License-Identifier: Apache-2.0
"""The rules of shared rooms. Nothing here reads a clock, a database or a request."""
