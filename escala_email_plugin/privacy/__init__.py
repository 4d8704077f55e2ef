"""What people decide about stored mail: who sees it, what is left out, and what goes.

Each file is one decision. Who sees how much is asked of ``visibility``; what a sync takes, of
``sync.decide``.
"""
