"""How all mailboxes are, as JSON for monitoring."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.generic import View

from ..permissions import VIEW_HEALTH
from ..sync.health import health


class HealthView(View):
    """What ``manage.py escala_email health`` prints, for who may see it."""

    def get(self, request: HttpRequest) -> JsonResponse:
        if not request.user.has_perm(VIEW_HEALTH):
            raise PermissionDenied
        return JsonResponse(health(), json_dumps_params={"indent": 2, "ensure_ascii": False})
