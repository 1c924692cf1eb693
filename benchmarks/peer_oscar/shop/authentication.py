"""A signed-in buyer by a token, in the header that the load generator sends."""

from rest_framework.authentication import TokenAuthentication


class BearerAuthentication(TokenAuthentication):
    """DRF's own tokens: one query a request, no session to load, no CSRF token to check."""

    keyword = "Bearer"
