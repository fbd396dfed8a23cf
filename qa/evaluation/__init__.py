"""Measuring the whole pipeline: question files to outcomes, outcomes to figures, to a report."""
