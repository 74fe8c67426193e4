"""models/serve/seededUniform.ts."""

from .canonical import digest_text

MASK = 0xFFFFFFFF


def seeded_uniform(seed):
    """Uniform numbers in [0, 1) with 32 random bits each, the same for the same text: sfc32, keyed by sha-256."""
    digest = digest_text(seed)
    a, b, c, counter = (int(digest[2 + 8 * i : 10 + 8 * i], 16) for i in range(4))
    while True:
        t = (a + b + counter) & MASK
        counter = (counter + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & MASK
        c = ((((c << 21) | (c >> 11)) & MASK) + t) & MASK
        yield t / 2**32
