"""The plugin's permissions, as Wagtail's Groups form offers them, and which role has which.

Who may is asked of the user (``user.has_perm``), never of a group: a site gives them to whom it likes.
Who sees which mail is ``visibility``'s.
"""

CONNECT_PERSONAL_ACCOUNT = "escala_email.connect_personal_account"
MANAGE_SHARED_ACCOUNT = "escala_email.manage_shared_account"
MANAGE_CAPTURE_ACCOUNT = "escala_email.manage_capture_account"
MANAGE_MARKETING_ACCOUNT = "escala_email.manage_marketing_account"
VIEW_SHARED_MAIL = "escala_email.view_shared_mail"
VIEW_TEAM_MAIL = "escala_email.view_team_mail"
SEND_FROM_SHARED = "escala_email.send_from_shared"
SEND_CAMPAIGNS = "escala_email.send_campaigns"
VIEW_HEALTH = "escala_email.view_health"
SWITCH_MODULES = "escala_email.switch_modules"
MANAGE_PRIVACY = "escala_email.manage_privacy"
ERASE_PERSON = "escala_email.erase_person"

#: By kind of mailbox, who may connect and configure it.
TO_CONNECT = {
    "personal": CONNECT_PERSONAL_ACCOUNT,
    "shared": MANAGE_SHARED_ACCOUNT,
    "marketing": MANAGE_MARKETING_ACCOUNT,
    "capture": MANAGE_CAPTURE_ACCOUNT,
}

#: What a seller needs.
SALES = (CONNECT_PERSONAL_ACCOUNT, VIEW_SHARED_MAIL, VIEW_TEAM_MAIL, SEND_FROM_SHARED)

#: What an administrator does beside.
ADMINISTRATION = (
    MANAGE_SHARED_ACCOUNT,
    MANAGE_CAPTURE_ACCOUNT,
    MANAGE_MARKETING_ACCOUNT,
    SEND_CAMPAIGNS,
    VIEW_HEALTH,
    SWITCH_MODULES,
    MANAGE_PRIVACY,
    ERASE_PERSON,
)

#: What the Groups form offers.
OWN = (*SALES, *ADMINISTRATION)
