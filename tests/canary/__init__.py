"""Secrets that must be seen nowhere: a full run, and everything it leaves behind."""
