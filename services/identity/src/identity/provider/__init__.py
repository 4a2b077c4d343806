# SPDX-License-Identifier: Apache-2.0
"""The OpenID provider: a small Flask application with Authlib's servers, mounted beside the API."""
