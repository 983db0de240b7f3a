"""CSV that a French Excel opens right, and JSON: streamed, a batch of rows at a time."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from tableurs.cellules import afficher
from tableurs.ecriture.colonnes import TypeColonne, en_liste, oui_non
from tableurs.protection import proteger

BOM = "\ufeff"
SEPARATEUR = ";"
# What `proteger` may have to look at.
_SUSPECTS = frozenset("'=+-@\t\r")


def flux_csv(table):
    """Yield the bytes of a table: UTF-8 with BOM, « ; », CRLF, decimal comma, day first."""
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=SEPARATEUR, lineterminator="\r\n")
    tampon.write(BOM)
    ecrivain.writerow([_texte(nom) for nom in table.noms()])
    conversions = [(place, _en_csv(colonne)) for place, colonne in enumerate(table.colonnes)]
    conversions = [(place, convertir) for place, convertir in conversions if convertir]
    for lot in table.lots():
        for ligne in lot:
            cellules = list(ligne)
            for place, convertir in conversions:
                if cellules[place] is not None:
                    cellules[place] = convertir(cellules[place])
            ecrivain.writerow(cellules)
        yield tampon.getvalue().encode()
        tampon.seek(0)
        tampon.truncate()
    yield tampon.getvalue().encode()


def _en_csv(colonne):
    """Return the function from a value (never None) to a cell, or None when the writer does as well."""
    libelles = colonne.libelles
    if libelles:
        return lambda valeur: _texte(libelles.get(valeur, str(valeur)))
    return _CSV[colonne.type]


def _texte(valeur):
    texte = valeur if valeur.__class__ is str else str(valeur)
    return proteger(texte) if texte[:1] in _SUSPECTS else texte


def _decimal(valeur):
    return (f"{valeur:f}" if valeur.__class__ is Decimal else repr(valeur)).replace(".", ",")


def _horodatage(valeur):
    return afficher(timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur)


_CSV = {
    TypeColonne.TEXTE: _texte,
    TypeColonne.CODE: _texte,
    TypeColonne.ENTIER: None,
    TypeColonne.NOMBRE: _decimal,
    TypeColonne.MONTANT: _decimal,
    TypeColonne.DATE: afficher,
    TypeColonne.HORODATAGE: _horodatage,
    TypeColonne.OUI_NON: oui_non,
    TypeColonne.LISTE: lambda valeur: _texte(en_liste(valeur)),
}


def flux_json(table):
    """Yield the bytes of an object: `titre`, `colonnes` (their definitions), `lignes` (objects by key)."""
    encodeur = json.JSONEncoder(ensure_ascii=False, default=_en_json)
    tete = {"titre": table.titre, "date": timezone.localdate(), "mentions": table.mentions}
    tete["colonnes"] = [
        {
            "cle": colonne.cle,
            "libelle": colonne.libelle,
            "type": colonne.type.value,
            "definition": colonne.definition,
            **({"valeurs": colonne.libelles} if colonne.choix else {}),
        }
        for colonne in table.colonnes
    ]
    yield f'{encodeur.encode(tete)[:-1]}, "lignes": ['.encode()
    cles = [colonne.cle for colonne in table.colonnes]
    avant = "\n"
    for lot in table.lots():
        objets = [encodeur.encode(dict(zip(cles, ligne, strict=True))) for ligne in lot]
        if objets:
            yield (avant + ",\n".join(objets)).encode()
            avant = ",\n"
    yield b"\n]}\n"


def _en_json(valeur):
    if isinstance(valeur, Decimal):
        # Amounts have at most 14 digits: a float gives back every one of them.
        return float(valeur)
    if isinstance(valeur, datetime):
        return (timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur).isoformat()
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur)
