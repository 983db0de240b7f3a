"""Awkward files, made by code: each function returns the bytes of one."""

import csv
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from tableurs.lecture import ouvrir
from tableurs.lecture.reperes import adresse

PRINCIPAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PAQUET = "http://schemas.openxmlformats.org/package/2006/relationships"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

TERRITOIRES = [
    ["id_ti", "lib_ti", "insee_com"],
    ["ti-8408", "Oyonnax - Bugey Sud", "01002"],
    ["ti-0101", "Communauté d'agglomération Cap Excellence", "97101"],
]


def lire(octets, nom="fichier", **options):
    """Open bytes as an uploaded file."""
    return ouvrir(io.BytesIO(octets), nom, **options)


def tableau(octets, **options):
    """Return the table that is proposed first."""
    return lire(octets).tableaux(**options)[0]


def codes(remarques):
    return {remarque.code for remarque in remarques}


def texte_csv(lignes, separateur=";", fin="\r\n"):
    sortie = io.StringIO(newline="")
    # The module only quotes the line ends that it writes itself.
    guillemets = csv.QUOTE_MINIMAL if fin == "\r\n" else csv.QUOTE_ALL
    csv.writer(sortie, delimiter=separateur, lineterminator=fin, quoting=guillemets).writerows(lignes)
    return sortie.getvalue()


def fichier_csv(lignes=TERRITOIRES, separateur=";", encodage="utf-8", fin="\r\n"):
    return texte_csv(lignes, separateur, fin).encode(encodage)


def xlsx(lignes=TERRITOIRES, apres=None, depart=(0, 0), **options):
    """Return a workbook of one sheet « Feuille »; `apres(workbook, sheet)` may add to it."""
    sortie = io.BytesIO()
    classeur = xlsxwriter.Workbook(sortie, {"in_memory": True, "strings_to_formulas": False, **options})
    feuille = classeur.add_worksheet("Feuille")
    for rang, ligne in enumerate(lignes, depart[0]):
        for colonne, cellule in enumerate(ligne, depart[1]):
            if cellule.__class__ is str:
                feuille.write_string(rang, colonne, cellule)
            else:
                feuille.write(rang, colonne, cellule)
    if apres:
        apres(classeur, feuille)
    classeur.close()
    return sortie.getvalue()


def archive(parties, compression=zipfile.ZIP_DEFLATED):
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", compression) as fichier:
        for nom, contenu in parties.items():
            fichier.writestr(nom, contenu)
    return sortie.getvalue()


def relations(**cibles):
    """Return a part of relations: kind=target, their identifiers being the kinds."""
    liens = "".join(
        f'<Relationship Id="{genre}" Type="{RELATIONS}/{genre}" Target="{cible}"/>' for genre, cible in cibles.items()
    )
    return f'<Relationships xmlns="{PAQUET}">{liens}</Relationships>'


def parties_xlsx(donnees, prefixe="", **autres):
    """Return the parts of a workbook whose only sheet « Feuille » has `donnees` as its XML, prefixed or not."""
    ouverture = f'xmlns{":" + prefixe[:-1] if prefixe else ""}="{PRINCIPAL}"'
    return {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{PRINCIPAL}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="Feuille" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml"),
        "xl/worksheets/sheet1.xml": f"<{prefixe}worksheet {ouverture}>{donnees}</{prefixe}worksheet>",
        **autres,
    }


def xlsx_brut(donnees, prefixe="", **autres):
    return archive(parties_xlsx(donnees, prefixe, **autres))


def lignes_xml(lignes, prefixe="", adresses=True):
    """Return <sheetData> of texts written in place, with or without addresses."""
    sortie = []
    for numero, ligne in enumerate(lignes, 1):
        cellules = "".join(
            f'<{prefixe}c{f" r={quoteattr(adresse(numero, n))}" if adresses else ""} t="inlineStr"><{prefixe}is>'
            f"<{prefixe}t>{escape(cellule)}</{prefixe}t></{prefixe}is></{prefixe}c>"
            for n, cellule in enumerate(ligne)
        )
        sortie.append(f"<{prefixe}row{f' r={quoteattr(str(numero))}' if adresses else ''}>{cellules}</{prefixe}row>")
    return f"<{prefixe}sheetData>{''.join(sortie)}</{prefixe}sheetData>"


def ods_brut(tables, styles="", apres="", manifeste=""):
    espaces = " ".join(
        f'xmlns:{nom}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"' for nom in ("office", "table", "text", "style")
    )
    return archive(
        {
            "mimetype": ODS,
            "content.xml": f'<?xml version="1.0"?><office:document-content {espaces} xmlns:fo="urn:fo" '
            f'xmlns:calcext="urn:calcext"><office:automatic-styles>{styles}</office:automatic-styles><office:body>'
            f"<office:spreadsheet>{tables}{apres}</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="urn:m">{manifeste}</manifest:manifest>',
        }
    )


def cellule_ods(valeur="", **attributs):
    """Return one cell; keyword `a__b` is the attribute `a:b`, with dashes for single underscores."""
    autres = "".join(f" {nom.replace('__', ':').replace('_', '-')}={quoteattr(v)}" for nom, v in attributs.items())
    if valeur == "":
        return f"<table:table-cell{autres}/>"
    if isinstance(valeur, str):
        contenu = "".join(f"<text:p>{escape(p)}</text:p>" for p in valeur.split("\n"))
        return f'<table:table-cell office:value-type="string"{autres}>{contenu}</table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{valeur}"{autres}/>'


def ligne_ods(*cellules, **attributs):
    """Return one row of cells: values, or XML already made."""
    autres = "".join(f" {nom.replace('__', ':').replace('_', '-')}={quoteattr(v)}" for nom, v in attributs.items())
    xml = "".join(c if isinstance(c, str) and c.startswith("<table:") else cellule_ods(c) for c in cellules)
    return f"<table:table-row{autres}>{xml}</table:table-row>"


def ods(lignes=TERRITOIRES, nom="Feuille", colonnes=""):
    rangees = "".join(ligne if isinstance(ligne, str) else ligne_ods(*ligne) for ligne in lignes)
    return ods_brut(f"<table:table table:name={quoteattr(nom)}>{colonnes}{rangees}</table:table>")


def page_web():
    return b"<html><meta charset='utf-8'><table><tr><td>id_ti</td></tr><tr><td>ti-0101</td></tr></table></html>"


def bombe_xlsx(octets=400 * 1024 * 1024):
    """A sheet that is nothing but spaces once decompressed."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as fichier:
        for nom, contenu in parties_xlsx("<sheetData/>").items():
            if "sheet1" not in nom:
                fichier.writestr(nom, contenu)
        with fichier.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as partie:
            partie.write(f'<worksheet xmlns="{PRINCIPAL}"><sheetData>'.encode())
            for _ in range(octets // 2**20):
                partie.write(b" " * 2**20)
            partie.write(b"</sheetData></worksheet>")
    return sortie.getvalue()


def mentir_sur_la_taille(octets, nom, taille):
    """Return an archive whose directory declares another decompressed size for a part."""
    octets = bytearray(octets)
    position = octets.rindex(nom.encode()) - 46
    assert octets[position : position + 4] == b"PK\x01\x02"
    octets[position + 24 : position + 28] = taille.to_bytes(4, "little")
    return bytes(octets)
