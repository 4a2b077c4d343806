# SPDX-License-Identifier: Apache-2.0
"""What engagement keeps: tables, writes and reads. Every statement runs inside a unit of work or a read."""
