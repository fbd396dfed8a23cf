"""Answers in the form that the question asks for: one module a form."""
