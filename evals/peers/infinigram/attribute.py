"""infini-gram's attribute() for evals/tokens: a JSON request a line, a JSON answer a line; it takes the time of the engine's call alone."""
import json
import sys
import time
from importlib.metadata import version

from infini_gram.engine import InfiniGramEngine

print(json.dumps({"infini-gram": version("infini-gram"), "python": sys.version.split()[0]}), flush=True)
engine = None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        options = request.get("options", {})
        engine = InfiniGramEngine(
            index_dir=request["open"],
            eos_token_id=0,
            vocab_size=request["vocabulary"],
            token_dtype=request["dtype"],
            **options,
        )
        print(json.dumps({"ok": True}), flush=True)
        continue
    start = time.perf_counter()
    # The engine itself, without the wrapper that makes dictionaries of its answer.
    result = engine.engine.attribute(
        input_ids=request["ids"], delim_ids=[], min_len=request.get("minLength", 1), max_cnt=1 << 40, enforce_bow=False
    )
    ms = (time.perf_counter() - start) * 1_000
    most = request.get("most", 1_000_000)
    spans = [
        {"start": span.l, "end": span.r, "count": span.count, "places": [[doc.s, doc.ptr] for doc in span.docs[:most]]}
        for span in result.spans
    ]
    if request.get("digest"):
        # Of all places, whatever their order: evals/tokens/placesDigest.ts says the same of ours.
        for span, told in zip(result.spans, spans):
            total = mixed = 0
            for doc in span.docs:
                place = doc.ptr // 2
                total += place
                mixed ^= (place * 2654435761) & 0xFFFFFFFF
            told["digest"] = [len(span.docs), total, mixed]
    print(json.dumps({"ms": ms, "spans": spans}), flush=True)
