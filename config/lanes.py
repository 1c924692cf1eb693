"""Two ways to a view: pages take all of Django's middleware, calls of the API a short one.

A call says who it is in one header and is answered with JSON: sessions, messages, forms and
redirects to sign-in have nothing to do with it. The addresses of sign-in below it have sessions of
their own and take the way of the pages.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, get_resolver
from django.utils import translation
from django.utils.cache import patch_vary_headers
from rest_framework.response import Response

API = "/api/v1/"
SIGN_IN = "/api/v1/auth/"

#: An answer of the API is no page: it loads nothing, and nothing frames it.
POLICY = "default-src 'none'; frame-ancestors 'none'"


def is_call(path: str) -> bool:
    """Tell whether a path is the API's, sign-in left out."""
    return path.startswith(API) and not path.startswith(SIGN_IN)


class LaneMiddleware:
    """Answers calls; lets everything else through to the middleware below it.

    An answer has its length, its language and the headers of safety, as a page's has; a host that
    is not ours is refused, and a call without TLS is sent to it where pages are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.to_page = get_response
        self.to_view = convert_exception_to_response(self._to_view)
        self.security = SecurityMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_call(request.path_info):
            return self.to_page(request)
        language = translation.get_language_from_request(request)
        translation.activate(language)
        response = cast("HttpResponse", self.to_view(request))  # WSGI: nothing to await
        headers = response.headers
        if not response.streaming:
            headers["Content-Length"] = str(len(response.content))
        headers["Content-Language"] = language
        headers["Content-Security-Policy"] = POLICY
        headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        patch_vary_headers(response, ("Accept-Language",))
        return self.security.process_response(request, response)

    def _to_view(self, request: HttpRequest) -> HttpResponseBase:
        if (redirect := self.security.process_request(request)) is not None:
            return redirect
        request.get_host()  # refuses a foreign one
        match = request.resolver_match = _match(settings.ROOT_URLCONF, request.path_info)
        response = match.func(request, *match.args, **match.kwargs)
        return response.render() if isinstance(response, Response) else response


@lru_cache(maxsize=1024)
def _match(urlconf: str, path: str) -> ResolverMatch:
    """Return who answers at `path`; the busiest addresses hold no numbers. Raises Resolver404."""
    return get_resolver(urlconf).resolve(path)
