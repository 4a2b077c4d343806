# SPDX-License-Identifier: Apache-2.0
"""The pages: a Flask application without a database and without a right of its own."""
