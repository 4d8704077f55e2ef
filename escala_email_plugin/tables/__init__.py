"""The tables, by what they are about, and the rules the database itself keeps. No behaviour."""
