# SPDX-License-Identifier: Apache-2.0
"""Load and cost, each against a peer or a physical limit in the same run; results go to benchmarks/results/."""
