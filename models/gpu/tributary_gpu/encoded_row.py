"""models/train/EncodedRow.ts: token ids come from TypeScript, so tokenizers and chat templates can't differ."""

from dataclasses import dataclass

LENGTH_BUCKET = 16


@dataclass(frozen=True)
class EncodedRow:
    """`ids` go in; label j is predicted at position len(ids) - len(labels) + j."""

    ids: tuple[int, ...]
    labels: tuple[int, ...]

    @property
    def padded_length(self):
        return -(-len(self.ids) // LENGTH_BUCKET) * LENGTH_BUCKET


def row_of(text):
    """A row of plan.json, {prompt, answer}: the prompt is masked, the last label never goes in."""
    return EncodedRow(tuple(text["prompt"] + text["answer"][:-1]), tuple(text["answer"]))
