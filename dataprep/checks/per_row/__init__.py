"""Rules that judge one row by itself."""
