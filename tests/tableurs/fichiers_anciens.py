"""Files of the time before XLSX, made record by record: XLS, and the compound files that hold it.

Sources of the layouts: [MS-CFB] for the container, [MS-XLS] for the records.
"""

import struct

SECTEUR = 512
LIBRE, FIN, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# Streams under 4 096 bytes would live in a table of small sectors.
TAILLE_MIN = 4096


def compose(flux):
    """Return a compound file of streams {name: bytes}; short ones are padded with zeros."""
    flux = {nom: contenu.ljust(TAILLE_MIN, b"\0") for nom, contenu in flux.items()}
    corps, debuts, chaine = b"", {}, []
    for nom, contenu in flux.items():
        debuts[nom] = len(chaine)
        secteurs = -(-len(contenu) // SECTEUR)
        corps += contenu.ljust(secteurs * SECTEUR, b"\0")
        chaine += [*range(len(chaine) + 1, len(chaine) + secteurs), FIN]
    entrees = [_entree("Root Entry", 5, FIN, 0, enfant=1)]
    entrees += [
        _entree(nom, 2, debuts[nom], len(contenu), suivant=rang + 1 if rang < len(flux) else LIBRE)
        for rang, (nom, contenu) in enumerate(flux.items(), 1)
    ]
    repertoire = b"".join(entrees)
    repertoire = repertoire.ljust(-(-len(repertoire) // SECTEUR) * SECTEUR, b"\0")
    debut_repertoire = len(chaine)
    chaine += [*range(len(chaine) + 1, len(chaine) + len(repertoire) // SECTEUR), FIN]
    tables = -(-(len(chaine) + 1) // 127)
    debut_table = len(chaine)
    chaine += [TABLE] * tables
    chaine += [LIBRE] * (tables * 128 - len(chaine))
    entete = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
                         0, tables, debut_repertoire, 0, TAILLE_MIN, FIN, 0, FIN, 0)  # fmt: skip
    entete += struct.pack("<109I", *range(debut_table, debut_table + tables), *[LIBRE] * (109 - tables))
    return entete + corps + repertoire + struct.pack(f"<{len(chaine)}I", *chaine)


def _entree(nom, genre, premier, taille, enfant=LIBRE, suivant=LIBRE):
    encode = nom.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16x4x16xIII", encode, len(encode), genre, 1, LIBRE, suivant, enfant, premier, taille, 0
    )


def enregistrement(genre, donnees=b""):
    return struct.pack("<HH", genre, len(donnees)) + donnees


def _debut(genre):
    return enregistrement(0x809, struct.pack("<HHHHII", 0x600, genre, 0x0DBB, 0x07CC, 0, 6))


def _texte(texte):
    return struct.pack("<HB", len(texte), 1) + texte.encode("utf-16-le")


def xls(feuilles, supplements=b"", globaux=b""):
    """Return a workbook of {name: rows of texts and numbers}; `supplements` are records added to each sheet.

    A tuple (kind, data) instead of a value is a cell written as that record.
    """
    textes = []
    corps = [_feuille(lignes, textes, supplements) for lignes in feuilles.values()]
    partages = b"".join(_texte(texte) for texte in textes)
    table = enregistrement(0xFC, struct.pack("<II", len(textes), len(textes)) + partages) if textes else b""
    avant = _debut(5) + globaux
    noms = [struct.pack("<BB", len(nom), 0) + nom.encode("latin-1") for nom in feuilles]
    position = len(avant) + sum(4 + 6 + len(nom) for nom in noms) + len(table) + 4
    annonces = b""
    for nom, contenu in zip(noms, corps, strict=True):
        annonces += enregistrement(0x85, struct.pack("<IBB", position, 0, 0) + nom)
        position += len(contenu)
    return compose({"Workbook": avant + annonces + table + enregistrement(0x0A) + b"".join(corps)})


def _feuille(lignes, textes, supplements):
    sortie = _debut(0x10)
    for ligne, cellules in enumerate(lignes):
        for colonne, cellule in enumerate(cellules):
            lieu = struct.pack("<HHH", ligne, colonne, 0)
            if isinstance(cellule, tuple):
                sortie += enregistrement(cellule[0], lieu + cellule[1])
            elif isinstance(cellule, str) and cellule:
                textes.append(cellule)
                sortie += enregistrement(0xFD, lieu + struct.pack("<I", len(textes) - 1))
            elif cellule != "":
                sortie += enregistrement(0x203, lieu + struct.pack("<d", cellule))
    return sortie + supplements + enregistrement(0x0A)


def ligne_masquee(numero):
    """Return the record of a hidden row, counted from 1."""
    return enregistrement(0x208, struct.pack("<HHHHHHI", numero - 1, 0, 9, 255, 0, 0, 0x20))


def colonne_masquee(colonne):
    """Return the record of a hidden column, counted from 0."""
    return enregistrement(0x7D, struct.pack("<HHHHHH", colonne, colonne, 2048, 0, 1, 0))


ERREUR_NA = (0x205, b"\x2a\x01")
