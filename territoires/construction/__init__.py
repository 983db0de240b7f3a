"""Rebuilds the committed reference files of fixtures/reference/ from public packages.

Run by `manage.py construire_reference`; nothing here is imported while the portal serves pages. `assemblage`
calls the rest, in the order of the work: sources (fetch), cog (communes), intercommunalites (EPCI and EPT),
noms (names people look for), unites and contours (polygons), encodage and fichiers (write).
"""
