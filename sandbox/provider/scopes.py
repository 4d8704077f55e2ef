"""What a scope is for. Microsoft's tokens are for one resource at a time, Google's for all."""

MAIL = "mail"
PROFILE = "profile"

_MAIL = ("https://mail.google.com/", "https://outlook.office.com/")
#: They open nothing by themselves.
_NOTHING = {"offline_access", "openid"}


def resource(scope: str) -> str:
    """The resource a scope opens: "mail", "profile", or "" for none."""
    if scope in _NOTHING:
        return ""
    return MAIL if scope.startswith(_MAIL) else PROFILE


def of_one_resource(scopes: list[str]) -> list[str]:
    """Those of the first resource that is named (Microsoft)."""
    first = next((resource(one) for one in scopes if resource(one)), "")
    return [one for one in scopes if resource(one) == first]
