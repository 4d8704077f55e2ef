"""What is said where a question or an answer is not taken."""


class Refused(Exception):
    """A question or an answer that is not taken; the text is a sentence for a person."""
