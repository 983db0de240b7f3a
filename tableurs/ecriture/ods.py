"""ODS, written by hand: an archive whose sheet is compressed as its rows come.

Office suites hold such a file whole in memory, and no reader streams it: it is kept to a number of rows.
"""

import re
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone

from tableurs.ecriture.colonnes import NUMERIQUES, TypeColonne, en_liste, oui_non, texte_de_classeur
from tableurs.ecriture.definitions import lignes_de_definition
from tableurs.ecriture.fichiers import ExportTropGrand, FormatExport
from tableurs.ecriture.xlsx import FEUILLE_DES_DEFINITIONS, nom_de_feuille
from tableurs.francais import nombre

LIGNES_MAX = 20_000
_ESPACES = re.compile(" {2,}|^ | $")
# XML has no way to write them.
_INTERDITS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESPACES_DE_NOMS = " ".join(
    f'xmlns:{prefixe}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"'
    for prefixe, nom in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "config": "config",
        "manifest": "manifest",
    }.items()
)
_DATE = (
    '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/>'
)
_HEURE = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/>'
)
_STYLES = (
    '<number:text-style style:name="n-texte"><number:text-content/></number:text-style>'
    '<number:number-style style:name="n-entier"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    '<number:number-style style:name="n-nombre"><number:number number:decimal-places="2" '
    'number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    f'<number:date-style style:name="n-date">{_DATE}</number:date-style>'
    f'<number:date-style style:name="n-horodatage">{_DATE}{_HEURE}</number:date-style>'
    '<style:style style:name="entete" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#e3e3fd" fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="corps" style:family="table-cell" style:data-style-name="n-texte">'
    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/></style:style>'
    + "".join(
        f'<style:style style:name="c-{nom}" style:family="table-cell" style:data-style-name="n-{nom}"/>'
        for nom in ("texte", "entier", "nombre", "date", "horodatage")
    )
    + "".join(
        f'<style:style style:name="l-{nom}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{largeur}cm"/></style:style>'
        for nom, largeur in (("etroite", 3), ("large", 8))
    )
)
_NOMS_DE_STYLE = {
    TypeColonne.ENTIER: "entier",
    TypeColonne.NOMBRE: "nombre",
    TypeColonne.MONTANT: "nombre",
    TypeColonne.DATE: "date",
    TypeColonne.HORODATAGE: "horodatage",
}
_LARGES = (TypeColonne.TEXTE, TypeColonne.LISTE)


def ecrire_ods(table, sortie):
    """Write a table to a binary file: its rows, then the sheet that defines its columns."""
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and not compressed, as the format asks: it is how such files are recognised.
        archive.writestr(zipfile.ZipInfo("mimetype"), FormatExport.ODS.type_contenu)
        with archive.open("content.xml", "w") as contenu:
            for morceau in _contenu(table):
                contenu.write(morceau.encode())
        archive.writestr("settings.xml", _reglages(nom_de_feuille(table.titre)))
        archive.writestr("META-INF/manifest.xml", _manifeste())


def _contenu(table):
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ESPACES_DE_NOMS} office:version="1.3">'
        f"<office:automatic-styles>{_STYLES}</office:automatic-styles><office:body><office:spreadsheet>"
    )
    yield f"<table:table table:name={quoteattr(nom_de_feuille(table.titre))}>"
    for colonne in table.colonnes:
        largeur = "large" if colonne.type in _LARGES else "etroite"
        style = _NOMS_DE_STYLE.get(colonne.type, "texte")
        yield f'<table:table-column table:style-name="l-{largeur}" table:default-cell-style-name="c-{style}"/>'
    yield _ligne(_cellule_de_texte(nom, "entete") for nom in table.noms())
    cellules = [_ecrivain(colonne) for colonne in table.colonnes]
    total = 0
    for lot in table.lots():
        total += len(lot)
        if total > LIGNES_MAX:
            raise ExportTropGrand(
                f"L'export ODS s'arrête à {nombre(LIGNES_MAX)} lignes, et cette liste en compte davantage : choisissez "
                "le format XLSX ou CSV, ou filtrez la liste."
            )
        for ligne in lot:
            yield _ligne(
                "<table:table-cell/>" if valeur is None or valeur == "" else ecrire(valeur)
                for ecrire, valeur in zip(cellules, ligne, strict=True)
            )
    yield f'</table:table><table:table table:name="{FEUILLE_DES_DEFINITIONS}">'
    yield '<table:table-column table:style-name="l-large" table:number-columns-repeated="5"/>'
    for rang, ligne in enumerate(lignes_de_definition(table)):
        style = "corps" if rang else "entete"
        yield _ligne([_cellule_de_texte(texte, style) for texte in ligne] or ["<table:table-cell/>"])
    yield "</table:table></office:spreadsheet></office:body></office:document-content>"


def _ligne(cellules):
    return f"<table:table-row>{''.join(cellules)}</table:table-row>"


def _ecrivain(colonne):
    """Return the function from a value to the XML of its cell."""
    if colonne.choix:
        libelles = colonne.libelles
        return lambda valeur: _cellule_de_texte(libelles.get(valeur, str(valeur)))
    if colonne.type in NUMERIQUES:
        style = _NOMS_DE_STYLE[colonne.type]
        return lambda valeur: (
            f'<table:table-cell table:style-name="c-{style}" office:value-type="float" office:value="{valeur}"/>'
        )
    if colonne.type in (TypeColonne.DATE, TypeColonne.HORODATAGE):
        return lambda valeur: _cellule_de_date(valeur, _NOMS_DE_STYLE[colonne.type])
    if colonne.type == TypeColonne.OUI_NON:
        return lambda valeur: _cellule_de_texte(oui_non(valeur))
    if colonne.type == TypeColonne.LISTE:
        return lambda valeur: _cellule_de_texte(en_liste(valeur))
    return lambda valeur: _cellule_de_texte(str(valeur))


def _cellule_de_date(valeur, style):
    if isinstance(valeur, datetime):
        valeur = (timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur).replace(tzinfo=None)
    return (
        f'<table:table-cell table:style-name="c-{style}" office:value-type="date" '
        f'office:date-value="{valeur.isoformat()}"/>'
    )


def _cellule_de_texte(texte, style="c-texte"):
    if not texte:
        return "<table:table-cell/>"
    texte = escape(_INTERDITS.sub("\N{REPLACEMENT CHARACTER}", texte_de_classeur(texte)))
    texte = texte.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "<text:tab/>")
    if "  " in texte or texte[0] == " " or texte[-1] == " ":
        texte = _ESPACES.sub(lambda trouve: f'<text:s text:c="{len(trouve[0])}"/>', texte)
    paragraphes = texte.replace("\n", "</text:p><text:p>")
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{paragraphes}</text:p></table:table-cell>"
    )


def _reglages(feuille):
    """Freeze the header: columns scroll under it."""
    items = "".join(
        f'<config:config-item config:name="{nom}" config:type="{genre}">{valeur}</config:config-item>'
        for nom, genre, valeur in (
            ("VerticalSplitMode", "short", 2),
            ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 2),
            ("PositionBottom", "int", 1),
        )
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-settings {_ESPACES_DE_NOMS} office:version="1.3">'
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item-map-named config:name="Tables">'
        f"<config:config-item-map-entry config:name={quoteattr(feuille)}>{items}</config:config-item-map-entry>"
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _manifeste():
    parties = {"/": FormatExport.ODS.type_contenu, "content.xml": "text/xml", "settings.xml": "text/xml"}
    entrees = "".join(
        f'<manifest:file-entry manifest:full-path="{chemin}" manifest:media-type="{genre}"/>'
        for chemin, genre in parties.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        f'{_ESPACES_DE_NOMS} manifest:version="1.3">{entrees}</manifest:manifest>'
    )
