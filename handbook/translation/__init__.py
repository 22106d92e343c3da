"""Catalogues: brought up to date, shown to a translator, made of accents to find what cannot be translated."""
