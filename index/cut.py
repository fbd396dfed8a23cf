"""An article cut for the index: its sentences, its passages, and the texts that get embedded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from index.embed import BUNDLED
from index.passages import split_passages
from index.sentences import split_sentences
from index.types import Article, Span


@dataclass(frozen=True, slots=True)
class Cut:
    """`texts[i]` is what is embedded for `passages[i]`, `digests[i]` the key of its vector."""

    article: Article
    sentences: tuple[Span, ...]
    passages: tuple[Span, ...]
    texts: tuple[str, ...]
    digests: tuple[bytes, ...]


def cut(article: Article, model: str = BUNDLED) -> Cut:
    """Cuts an article; its title goes before every passage that is embedded, never into offsets.

    Digests belong to `model`, so that the vectors of two models can lie in one database while
    the one replaces the other.
    """
    head = "" if article.title_from_name else f"{article.title}\n"
    sentences = split_sentences(article.text)
    passages = split_passages(article, sentences)
    texts = tuple(head + span.of(article.text) for span in passages)
    key = b"" if model == BUNDLED else hashlib.blake2b(model.encode()).digest()
    digests = tuple(
        hashlib.blake2b(text.encode(), digest_size=16, key=key).digest() for text in texts
    )
    return Cut(article, sentences, passages, texts, digests)
