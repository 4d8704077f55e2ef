"""Tables of the second host."""
