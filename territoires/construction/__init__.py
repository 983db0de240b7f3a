"""Rebuilds the committed reference files of fixtures/reference/ from public packages.

Run by `manage.py construire_reference`; nothing here is imported while the portal serves pages. Modules read
like the work: sources (fetch), cog (communes), intercommunalites (EPCI and EPT), noms (names people look
for), contours (polygons), fichiers (write).
"""
