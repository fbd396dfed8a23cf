"""Conversations: a follow-up question made to stand alone, without a language model."""
