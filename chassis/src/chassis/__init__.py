# SPDX-License-Identifier: Apache-2.0
"""The microservice chassis: what every Linli service is built on; knows no domain word."""
