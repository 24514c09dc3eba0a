"""Asks questions whose right answers are known, and tells how well they were answered and what that cost."""
