"""Catalogues: update them, show what a translator has to do, build a pseudolocale to find what cannot be translated."""
