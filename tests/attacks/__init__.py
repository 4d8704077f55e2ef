"""Strangers' mail that means harm, shown by the real pages in a real browser."""
