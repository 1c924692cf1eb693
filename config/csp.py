"""Which content security policy a page gets: the strict one, unless its prefix has its own."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp with one policy for each path prefix of CONTENT_SECURITY_POLICIES_BY_PREFIX."""

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
