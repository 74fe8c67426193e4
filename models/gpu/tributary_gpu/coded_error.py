"""The one error of this project, as kernel/TributaryError.ts has it."""


class CodedError(Exception):
    """A code, the facts, the next step, and whether the same call can succeed later without a change."""

    def __init__(self, message, *, code, facts=None, try_this=None, retry=False):
        super().__init__(message)
        self.message = message
        self.code = code
        self.facts = facts or {}
        self.try_this = try_this
        self.retry = retry

    def wire(self):
        """The form in which it crosses to TypeScript; `findError` of kernel reads it there."""
        wire = {"code": self.code, "message": self.message, "facts": self.facts, "retry": self.retry}
        return wire if self.try_this is None else {**wire, "tryThis": self.try_this}
