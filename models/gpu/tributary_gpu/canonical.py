"""RFC 8785 canonical JSON with integers only, and sha-256 digests: what kernel/canonicalBytes.ts and digest.ts do."""

import hashlib
import json

from .coded_error import CodedError

SAFE_INTEGER = 2**53 - 1


def canonical_bytes(value):
    """Throws kernel/not-canonical on floats, integers beyond 2^53 - 1 and lone surrogates."""
    _check(value, "$")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_bytes(data):
    return f"0x{hashlib.sha256(data).hexdigest()}"


def digest_of(value):
    return digest_bytes(canonical_bytes(value))


def digest_text(text):
    return digest_bytes(text.encode())


def digest_file(path):
    with open(path, "rb") as file:
        return f"0x{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _check(value, path):
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int) and abs(value) <= SAFE_INTEGER:
        return
    if isinstance(value, str) and not any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        return
    if isinstance(value, list):
        for i, item in enumerate(value):
            _check(item, f"{path}[{i}]")
        return
    # Other keys would need an order by UTF-16 units, which Python's is not; none of our documents has any.
    if isinstance(value, dict) and all(isinstance(key, str) and key.isascii() for key in value):
        for key, item in value.items():
            _check(item, f"{path}.{key}")
        return
    raise CodedError(
        f"{path} holds {type(value).__name__}, which has no canonical form.",
        code="kernel/not-canonical",
        facts={"path": path},
        try_this="quantise floats to integers; write large integers as strings",
    )
