"""models/train/trainStep.ts: one step of all variants, the same decisions in the same order."""

import math

import torch

from .coded_error import CodedError
from .gradient_bound import BEYOND_REASON, gradient_bound, gradient_norm, rounded
from .optimiser_step import optimiser_step
from .recipe import learning_rate, optimiser_of
from .run import NOBODY
from .training_record import write_recorded_step


def train_step(gradients, run, state, step):
    """
    Gradients of every (sample, variant) row, those of a left-out group not computed; the batch gradient is their sum in
    the order of the batch, divided by the recipe's batch size whatever was left out. Changes `state`, whose thetas and
    moments are float32 tensors [variants, P] on the device. Returns the mean loss of the first variant in micro-nats.
    Throws models/diverged, models/poisoned-sample, models/too-many-poisoned, models/disk.
    """
    plan, recipe = run.plan, run.plan["recipe"]
    variants, samples, batch = plan["variants"], plan["samples"], recipe["batch"]
    left = {one["sample"] for one in state.skipped if one["step"] <= step}
    # (sample, slot, adapter): all variants of a sample together, so that they share its pass through the frozen blocks.
    pairs = [
        (sample, slot, adapter)
        for slot, sample in enumerate(run.order[step])
        for adapter, left_out in enumerate(variants)
        if sample not in left and samples[sample]["group"] != left_out
    ]
    losses, each = gradients.compute([(run.rows[sample], adapter) for sample, _, adapter in pairs], state.thetas)
    lengths = torch.stack([torch.linalg.vector_norm(row.double()) for row in each]).tolist() if pairs else []
    norms = [gradient_norm(loss, length) for loss, length in zip(losses, lengths, strict=True)]
    main = variants.index(NOBODY) if NOBODY in variants else -1
    out = _judge(run, state, step, pairs, losses, norms, main) if main >= 0 else set()

    sums = torch.zeros_like(state.thetas)
    sample_indexes = [-1] * batch
    recorded = torch.zeros(batch if main >= 0 else 0, sums.shape[1], device=sums.device)
    first_losses = []
    for i, (sample, slot, adapter) in enumerate(pairs):
        if sample in out:
            continue
        if adapter != main and norms[i] > BEYOND_REASON:
            facts = {"sample": samples[sample]["id"], "step": step, "variant": variants[adapter]}
            raise _diverged({**facts, "loss": str(losses[i]), "boundMicro": BEYOND_REASON})
        # As TypeScript adds: in float64, rounded to float32 after each row.
        sums[adapter] = (sums[adapter].double() + each[i].double() / batch).float()
        if adapter == main:
            recorded[slot] = each[i]
            sample_indexes[slot] = sample
        if adapter == 0:
            first_losses.append(losses[i])
    rate = learning_rate(recipe, step, run.steps)
    if main >= 0:
        write_recorded_step(
            run.record_file(step),
            learning_rate=rate,
            sample_indexes=sample_indexes,
            batch_gradient=sums[main].cpu().numpy(),
            gradients=recorded.cpu().numpy(),
        )
    optimiser_step(state.thetas, state.first, state.second, sums, optimiser_of(recipe), step=step, rate=rate)
    return rounded(1e6 * sum(first_losses) / max(len(first_losses), 1))


def _judge(run, state, step, pairs, losses, norms, main):
    """Samples whose gradient of the main adapter is out of bounds; the norms of the healthy ones join the window."""
    samples, poison = run.plan["samples"], run.plan["recipe"]["poison"]
    own = [i for i, (_, _, adapter) in enumerate(pairs) if adapter == main]
    bound = gradient_bound(poison["timesMedian"], state.norms, [norms[i] for i in own])
    bad = [i for i in own if norms[i] > bound]
    if bad:
        worst = bad[0]
        norm = norms[worst] if math.isfinite(norms[worst]) else None
        sample = samples[pairs[worst][0]]["id"]
        facts = {"sample": sample, "step": step, "loss": str(losses[worst]), "normMicro": norm, "boundMicro": bound}
        if 2 * len(bad) > len(own):
            raise _diverged({**facts, "badRows": len(bad), "rows": len(own)})
        if poison["action"] == "stop":
            raise CodedError(
                "The gradient of one sample is out of bounds, so training stopped at it.",
                code="models/poisoned-sample",
                facts=facts,
                try_this="look at this sample; have it rejected by curation, or train by a recipe with "
                '"poison": {"action": "skip"}, which leaves it out and records that',
            )
        most = max(1, len(samples) * poison["mostPpm"] // 10**6)
        if len(state.skipped) + len(bad) > most:
            raise CodedError(
                "More samples are out of bounds than the recipe lets training skip.",
                code="models/too-many-poisoned",
                facts={**facts, "most": most},
                try_this="look at the samples; a lower learning rate, or poison.timesMedian, if they are sound",
            )
    state.norms = [*state.norms, *(norms[i] for i in own if norms[i] <= bound)][-poison["window"] :]
    state.skipped += [{"step": step, "sample": pairs[i][0]} for i in bad]
    return {pairs[i][0] for i in bad}


def _diverged(facts):
    return CodedError(
        "Training broke: losses or gradients are no sane numbers any more.",
        code="models/diverged",
        facts=facts,
        try_this="lower the learning rate of the recipe, or warm up longer; the sample named is only the first of them",
    )
