"""Every address of the site, in Chinese order; the same under /en/."""

from __future__ import annotations

from django.urls import path, re_path

from dafeng.web.api import api
from dafeng.web.page import download
from dafeng.web.views import errors
from dafeng.web.views.about import about
from dafeng.web.views.data import data
from dafeng.web.views.factors import factor, factors
from dafeng.web.views.inventory import inventory
from dafeng.web.views.number import branch, number, numbers
from dafeng.web.views.overview import overview
from dafeng.web.views.plan import clause, plan
from dafeng.web.views.targets import target, targets

urlpatterns = [
    path("", overview, name="overview"),
    path("plan/", plan, name="plan"),
    path("plan/<str:ref>", clause, name="clause"),
    path("targets/", targets, name="targets"),
    path("targets/<str:target>", target, name="target"),
    path("inventory/", inventory, name="inventory"),
    path("number/", numbers, name="numbers"),
    path("number/<str:quantity>", number, name="number"),
    path("number/<str:quantity>/branch", branch, name="branch"),
    path("factors/", factors, name="factors"),
    path("factors/<str:factor>", factor, name="factor"),
    path("data/", data, name="data"),
    path("about/", about, name="about"),
    re_path(
        r"^download/(?P<figure>[a-z0-9-]{1,60})\.(?P<kind>[a-z]{3,4})/(?P<address>.*)$",
        download,
        name="download",
    ),
    path("healthz", errors.healthz, name="healthz"),
    path("api/", api.urls),
]

handler400 = "dafeng.web.views.errors.bad_request"
handler404 = "dafeng.web.views.errors.not_found"
handler500 = "dafeng.web.views.errors.server_error"
