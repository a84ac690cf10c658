"""Reads a plan document: outline, targets, duties, commitments, named entities, findings."""
