"""What an e-mail is. Pure functions: no Django, no network, no clock.

Everything here reads what strangers wrote. ``parse`` raises ``Unreadable`` at worst; the others
leave out what is broken instead of guessing.
"""
