"""Ask a colleague for mail that is hidden, answer, and take back what was granted.

What a grant opens is ``visibility``'s; what becomes of it where conversations join, ``sync.joined``'s.
"""
