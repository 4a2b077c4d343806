# SPDX-License-Identifier: Apache-2.0
"""Tables, sealing, repositories for writes and queries for reads. The only place that writes SQL."""
