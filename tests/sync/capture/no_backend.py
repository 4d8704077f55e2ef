"""A mail backend that is out of order."""

from django.core.mail.backends.base import BaseEmailBackend


class Nothing(BaseEmailBackend):
    """Raises for whatever is to be sent."""

    def send_messages(self, messages):
        raise OSError("ana@cliente.test")
