"""
The documents that cross between TypeScript and Python, as JSON Schemas that models/gpu/writeContract.ts makes from the
zod schemas of TypeScript: neither side has a second description of them.
"""

import json
from functools import cache
from importlib.resources import files

from jsonschema import Draft202012Validator

from .coded_error import CodedError


def check(name, document):
    """The document, if it fits contract/<name>.schema.json. Throws gpu/contract, with up to 8 issues."""
    issues = [f"{error.json_path}: {error.message[:120]}" for error in _validator(name).iter_errors(document)]
    if not issues:
        return document
    raise CodedError(
        f"A document ({name}) is not what this version of the worker understands.",
        code="gpu/contract",
        facts={"document": name, "issues": issues[:8]},
        try_this="start the worker from the same version of the project as the rest: tributary gpu",
    )


@cache
def _validator(name):
    schema = json.loads((files(__package__) / "contract" / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
