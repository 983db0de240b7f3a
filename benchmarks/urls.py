"""The portal's URLs and the bare view that everything is compared with."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path


@login_not_required
def nue(request):
    """Twenty bytes, through the same middleware as every page."""
    return HttpResponse(b"12345678901234567890")


urlpatterns = [path("nue/", nue), path("", include("config.urls"))]
