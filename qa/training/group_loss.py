"""The loss of a group: the accepted spans against all spans of all its passages, and no answer.

The quantity normalised is the score that answering compares across passages, so training it
makes it comparable. Knows tensors only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from qa.training.learning import Target


def group_loss(
    start: torch.Tensor,
    end: torch.Tensor,
    allowed: torch.Tensor,
    targets: Sequence[Target],
    sizes: Sequence[int],
) -> torch.Tensor:
    """Mean negative log-likelihood of the groups, halved as start and end.

    `start`, `end` and `allowed` have shape (windows, tokens) with [CLS] at 0; `sizes` are the
    windows of each group, in order. A span scores its two logits minus the two of its window's
    [CLS]; beside all spans of the group stands "no passage answers" with score 0, which is what
    a group without accepted spans should give.
    """
    import torch

    context = allowed.clone()
    context[:, 0] = False
    first_scores = (start - start[:, :1]).float().masked_fill(~context, -1e4)
    last_scores = (end - end[:, :1]).float().masked_fill(~context, -1e4)
    whole = torch.logsumexp(first_scores, -1) + torch.logsumexp(last_scores, -1)
    none = whole.new_zeros(1)
    losses = []
    at = 0
    for size in sizes:
        accepted = [
            first_scores[row, first] + last_scores[row, last]
            for row in range(at, at + size)
            for first, last in targets[row].pairs
            if first > 0
        ]
        right = torch.logsumexp(torch.stack(accepted), 0) if accepted else none[0]
        every = torch.logsumexp(torch.cat([none, whole[at : at + size]]), 0)
        losses.append((every - right) / 2)
        at += size
    return torch.stack(losses).mean()
