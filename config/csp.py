"""Which content security policy a page gets: the strict one, unless its prefix has its own."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.lanes import is_call

#: An answer of the API is no page: it loads nothing, and nothing frames it.
FOR_CALLS = "default-src 'none'; frame-ancestors 'none'"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp with one policy for each path prefix of CONTENT_SECURITY_POLICIES_BY_PREFIX."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add the header."""
        if is_call(request.path):
            response.headers["Content-Security-Policy"] = FOR_CALLS
            return response
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the policy of the request's prefix; a view's own decorators still win."""
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None:
            for prefix, policy in settings.CONTENT_SECURITY_POLICIES_BY_PREFIX.items():
                if request.path_info.startswith(prefix):
                    parts.config = policy
        return parts
