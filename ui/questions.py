"""Questions about the sample collection that a newcomer can click; the last one is refused."""

from __future__ import annotations

SAMPLE_QUESTIONS = (
    "Who was president of Maruva between 1998 and 2006?",
    "How many plastic ducks escaped?",
    "Why was the pressure cooker recalled?",
    "Who raised the first alarm at Cwm Tarell?",
    "When did the lynx escape from the wildlife park?",
    "Who won the 1998 World Cup?",
)
