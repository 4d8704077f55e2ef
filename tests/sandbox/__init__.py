"""Tests of the sandbox: its mail server, its data and its start."""
