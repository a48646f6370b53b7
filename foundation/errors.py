"""Errors that the user can mend."""


class UserError(Exception):
    """One sentence that names the file or key, the place in it, and the remedy.

    The command line prints the sentence and exits with 1; no stack trace is shown.
    """
