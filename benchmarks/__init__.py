"""Ratios against a named reference measured in the same run: absolute times mean little on shared machines."""
