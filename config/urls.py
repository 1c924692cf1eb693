"""Every address of the system."""

from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.functional import lazy
from django.views.generic import RedirectView, TemplateView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from catalog.api import media
from kernel.admin.sites import merchant_site, operator_site, support_site
from kernel.api.problems import not_found
from kernel.http import livez, metricz, readyz

#: Looked up when asked for: in production the manifest names the file.
FAVICON = lazy(static, str)("config/favicon.svg")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", TemplateView.as_view(template_name="config/doors.html"), name="doors"),
    path("favicon.ico", RedirectView.as_view(url=FAVICON)),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metricz", metricz, name="metricz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("merchant/", merchant_site.urls),
    path("support/", support_site.urls),
    path("operator/", operator_site.urls),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/auth/", include("allauth.headless.urls")),
    path("api/v1/accounts/", include("accounts.api.urls")),
    path("api/v1/accounts/", include("shops.api.account_urls")),  # account and shop in one answer
    path("api/v1/shops/", include("shops.api.urls")),
    path("api/v1/catalog/", include("catalog.api.urls")),
    path("api/v1/orders/", include("orders.api.urls")),
    path("api/v1/affiliates/", include("affiliates.api.urls")),
    path("api/v1/aftersales/", include("aftersales.api.urls")),
    path("api/v1/settlements/", include("settlements.api.urls")),
    path("api/v1/insights/", include("insights.api.urls")),
    path("api/v1/governance/", include("governance.api.urls")),
    re_path(rf"^media/pictures/{media.NAME}$", media.serve, name="picture"),
    re_path(r"^api/", not_found),  # last: an unknown address of the API answers in its own shape
]

handler400 = "kernel.api.problems.bad_request"
handler404 = "kernel.api.problems.page_not_found"
handler500 = "kernel.api.problems.server_error"
