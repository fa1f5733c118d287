"""Annotated corpora in the formats of other tools: each is read into texts with marks."""
