"""What a training step computes: batches cut from examples, the loss over spans, the rate.

Knows tensors and tokens. Knows nothing of files, checkpoints or evaluation.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.encoding import Batch, Encoder, Tokens, Window, pad
from qa.training.examples import Example
from qa.training.groups import Group

if TYPE_CHECKING:
    import torch

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Target:
    """Accepted (first, last) token pairs of each window; ((0, 0),) is [CLS], no answer."""

    pairs: tuple[tuple[int, int], ...]


def token_pairs(example: Example, tokens: Tokens) -> list[tuple[int, int]]:
    """Accepted spans as first and last context token, those that touch no token left out."""
    found = []
    for span in example.spans:
        touched = [
            i
            for i, (start, end) in enumerate(zip(tokens.starts, tokens.ends, strict=True))
            if start < span.end and span.start < end
        ]
        if touched:
            found.append((touched[0], touched[-1]))
    return found


def training_window(
    encoder: Encoder, example: Example, max_tokens: int, rng: random.Random
) -> tuple[Window, Target]:
    """One window of an example; a long context is cut at random round an accepted span.

    An example whose spans touch no token becomes one without an answer.
    """
    question = encoder.question(example.question, example.history)
    context = encoder.context(example.context)
    pairs = token_pairs(example, context)
    room = max_tokens - len(question) - 3
    size = len(context.ids)
    begin, end = 0, size
    if size > room:
        first, last = rng.choice(pairs) if pairs else (rng.randrange(size),) * 2
        low, high = max(0, last + 1 - room), min(first, size - room)
        begin = rng.randint(low, high) if low <= high else min(first, size - room)
        end = begin + room
    window = encoder.window(question, context, begin, end)
    shift = window.first - begin
    inside = [(a + shift, b + shift) for a, b in pairs if a >= begin and b < end]
    return window, Target(tuple(dict.fromkeys(inside)) or ((0, 0),))


def batches(
    groups: Sequence[Group], size: int, seed: int, epoch: int, tokens: int = 0
) -> list[tuple[Group, ...]]:
    """Batches of whole groups of like length, in random order; pure in its arguments.

    A batch has at most `size` passages and, unless `tokens` is 0, about that many tokens at most;
    a group that is larger is a batch by itself. The groups must already be shuffled: lengths are
    sorted within runs of 60 times `size` of them.
    """
    found: list[tuple[Group, ...]] = []
    for at in range(0, len(groups), 60 * size):
        run = sorted(groups[at : at + 60 * size], key=lambda group: group.characters)
        cut: list[list[Group]] = []
        passages = 0
        for group in run:
            passages += len(group.examples)
            padded = passages * group.characters / CHARACTERS_A_TOKEN
            if not cut or passages > size or (tokens and padded > tokens):
                cut.append([])
                passages = len(group.examples)
            cut[-1].append(group)
        random.Random(f"{seed}/{epoch}/{at}").shuffle(cut)
        found += [tuple(batch) for batch in cut]
    return found


def collate(
    encoder: Encoder, examples: Sequence[Example], max_tokens: int, seed: str
) -> tuple[Batch, list[Target], list[Window]]:
    """Windows of a batch padded together, with their targets."""
    rng = random.Random(seed)
    made = [training_window(encoder, example, max_tokens, rng) for example in examples]
    windows = [window for window, _ in made]
    return pad(windows, multiple=16), [target for _, target in made], windows


def allowed_positions(windows: Sequence[Window], length: int) -> torch.Tensor:
    """Where an answer may start or end: [CLS] and context tokens; shape (windows, length)."""
    import torch

    allowed = torch.zeros((len(windows), length), dtype=torch.bool)
    for row, window in enumerate(windows):
        allowed[row, 0] = True
        allowed[row, window.first : window.last] = True
    return allowed


def span_loss(
    start: torch.Tensor,
    end: torch.Tensor,
    allowed: torch.Tensor,
    targets: Sequence[Target],
    smoothing: float = 0.0,
) -> torch.Tensor:
    """Mean negative log-likelihood of giving one of the accepted spans, halved as start and end.

    `smoothing` moves that share of the target evenly over all allowed positions.
    """
    import torch

    log_start = start.float().masked_fill(~allowed, -1e4).log_softmax(-1)
    log_end = end.float().masked_fill(~allowed, -1e4).log_softmax(-1)
    losses = []
    for row, target in enumerate(targets):
        first, last = (torch.tensor(side) for side in zip(*target.pairs, strict=True))
        right = torch.logsumexp(log_start[row, first] + log_end[row, last], 0)
        if smoothing > 0:
            places = allowed[row]
            even = log_start[row][places].mean() + log_end[row][places].mean()
            right = (1 - smoothing) * right + smoothing * even
        losses.append(-right / 2)
    return torch.stack(losses).mean()


def learning_rate(step: int, steps: int, peak: float, warmup: float) -> float:
    """Rate of step `step` (from 0) of `steps`: linear rise over a share, then linear fall to 0."""
    rising = max(1, round(warmup * steps))
    if step < rising:
        return peak * (step + 1) / rising
    return peak * max(0.0, (steps - step) / max(1, steps - rising))
