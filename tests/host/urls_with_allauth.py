"""A host whose people may also log in through django-allauth."""

from django.urls import include, path

from sandbox.urls import urlpatterns as _sandbox

urlpatterns = [path("accounts/", include("allauth.urls")), *_sandbox]
