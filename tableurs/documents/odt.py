"""A document as LibreOffice opens it: OpenDocument 1.3, written here as the format is small."""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from tableurs.documents import propre

TYPE_MIME = "application/vnd.oasis.opendocument.text"
LARGEUR_UTILE = 17
# A file is the same whenever it is written.
DATE = (2018, 11, 22, 0, 0, 0)
_ESPACES = " ".join(
    f'xmlns:{nom}="urn:oasis:names:tc:opendocument:xmlns:{suite}:1.0"'
    for nom, suite in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "meta": "meta",
        "fo": "xsl-fo-compatible",
    }.items()
)
_ENTETE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TITRES = (("Title", "Title", 22), *((f"Heading_20_{n}", f"Heading {n}", t) for n, t in ((1, 16), (2, 13), (3, 11))))
MANIFESTE = (
    _ENTETE + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{TYPE_MIME}" manifest:version="1.3"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{nom}.xml" manifest:media-type="text/xml"/>'
        for nom in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)
# What is particular to a paragraph, and what cells look like.
_AUTOMATIQUES = (
    "<office:automatic-styles>"
    '<style:style style:name="Saut" style:family="paragraph" style:parent-style-name="Heading_20_1">'
    '<style:paragraph-properties fo:break-before="page"/></style:style>'
    '<style:style style:name="SautTexte" style:family="paragraph" style:parent-style-name="Standard">'
    '<style:paragraph-properties fo:break-before="page"/></style:style>'
    '<style:style style:name="Cellule" style:family="table-cell">'
    '<style:table-cell-properties fo:padding="0.12cm" fo:border="0.5pt solid #666666"/></style:style>'
    '<style:style style:name="Ligne" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="always"/></style:style>'
    "{colonnes}</office:automatic-styles>"
)


def ecrire(document):
    """Return the bytes of an ODT file: A4, in French."""
    parties = {"mimetype": TYPE_MIME, "META-INF/manifest.xml": MANIFESTE, "styles.xml": STYLES}
    parties["content.xml"] = _contenu(document)
    parties["meta.xml"] = (
        f'{_ENTETE}<office:document-meta {_ESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3">'
        f"<office:meta><dc:title>{escape(propre(document.titre))}</dc:title><dc:language>fr-FR</dc:language>"
        "</office:meta></office:document-meta>"
    )
    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom, texte in parties.items():
            # The type comes first and in clear: it is how the file is known.
            methode = zipfile.ZIP_STORED if nom == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(nom, DATE), texte.encode(), methode)
    return tampon.getvalue()


def _contenu(document):
    corps, colonnes, saut = [_paragraphe_de_style(document.titre, "Title")], [], False
    for rang, bloc in enumerate(document.blocs):
        if bloc.genre == "saut":
            saut = True
            continue
        if bloc.genre == "tableau":
            colonnes.append(_styles_de_colonnes(bloc, rang))
        corps.append(ECRIVENT[bloc.genre](bloc, rang, saut))
        saut = False
    return (
        f'{_ENTETE}<office:document-content {_ESPACES} office:version="1.3">'
        f"{_AUTOMATIQUES.format(colonnes=''.join(colonnes))}"
        f"<office:body><office:text>{''.join(corps)}</office:text></office:body></office:document-content>"
    )


def _texte(texte):
    """Return the XML of a text: its line breaks stay."""
    return escape(propre(texte)).replace("\t", "<text:tab/>").replace("\n", "<text:line-break/>")


def _paragraphe_de_style(texte, style):
    return f'<text:p text:style-name="{style}">{_texte(texte)}</text:p>'


def _titre(bloc, rang, saut):
    style = "Saut" if saut else f"Heading_20_{bloc.niveau}"
    return f'<text:h text:style-name="{style}" text:outline-level="{bloc.niveau}">{_texte(bloc.texte)}</text:h>'


def _paragraphe(bloc, rang, saut):
    return _paragraphe_de_style(bloc.texte, "SautTexte" if saut else "Discret" if bloc.discret else "Standard")


def _liste(bloc, rang, saut):
    elements = "".join(
        f"<text:list-item>{_paragraphe_de_style(un, 'Standard')}</text:list-item>" for un in bloc.elements
    )
    return f'<text:list text:style-name="Puces">{elements}</text:list>'


def _largeurs(bloc):
    colonnes = len(bloc.entetes or (bloc.lignes[0] if bloc.lignes else ()))
    return bloc.largeurs or (100 / colonnes,) * colonnes if colonnes else ()


def _styles_de_colonnes(bloc, rang):
    return "".join(
        f'<style:style style:name="C{rang}.{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{LARGEUR_UTILE * part / 100:.2f}cm"/></style:style>'
        for place, part in enumerate(_largeurs(bloc))
    )


def _tableau(bloc, rang, saut):
    if not _largeurs(bloc):
        return ""
    colonnes = "".join(f'<table:table-column table:style-name="C{rang}.{p}"/>' for p in range(len(_largeurs(bloc))))
    entetes = ""
    if bloc.entetes:
        entetes = f"<table:table-header-rows>{_ligne(bloc.entetes, range(99))}</table:table-header-rows>"
    gras = () if bloc.entetes else (0,)
    lignes = "".join(_ligne(ligne, gras) for ligne in bloc.lignes)
    nom = quoteattr(f"{propre(bloc.legende)} {rang}")
    return (
        f"<table:table table:name={nom}>{colonnes}{entetes}{lignes}</table:table>{_paragraphe_de_style('', 'Standard')}"
    )


def _ligne(cellules, gras):
    return '<table:table-row table:style-name="Ligne">' + "".join(
        '<table:table-cell table:style-name="Cellule" office:value-type="string">'
        f"{_paragraphe_de_style(texte, 'Gras' if place in gras else 'Standard')}</table:table-cell>"
        for place, texte in enumerate(cellules)
    ) + "</table:table-row>"  # fmt: skip


def _style(nom, affiche, parent, texte, paragraphe=""):
    return (
        f'<style:style style:name="{nom}" style:display-name="{affiche}" style:family="paragraph"'
        f"{parent}>{paragraphe}<style:text-properties {texte}/></style:style>"
    )


STYLES = (
    f'{_ENTETE}<office:document-styles {_ESPACES} office:version="1.3"><office:styles>'
    '<style:default-style style:family="paragraph"><style:text-properties fo:font-family="Arial" fo:font-size="10.5pt" '
    'fo:language="fr" fo:country="FR"/></style:default-style>'
    + _style(
        "Standard",
        "Standard",
        "",
        'fo:font-size="10.5pt"',
        '<style:paragraph-properties fo:margin-bottom="0.15cm" fo:orphans="2" fo:widows="2"/>',
    )
    + _style("Gras", "Gras", ' style:parent-style-name="Standard"', 'fo:font-weight="bold"')
    + _style("Discret", "Discret", ' style:parent-style-name="Standard"', 'fo:font-size="9pt" fo:color="#666666"')
    + "".join(
        _style(
            nom,
            affiche,
            ' style:parent-style-name="Standard"'
            + ("" if nom == "Title" else f' style:default-outline-level="{nom[-1]}"'),
            f'fo:font-size="{taille}pt" fo:font-weight="bold" fo:color="#000091"',
            '<style:paragraph-properties fo:margin-top="0.4cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/>',
        )
        for nom, affiche, taille in _TITRES
    )
    + '<text:list-style style:name="Puces"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:space-before="0.5cm" text:min-label-width="0.4cm"/>'
    "</text:list-level-style-bullet></text:list-style></office:styles>"
    '<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" '
    'fo:page-height="29.7cm" fo:margin="2cm"/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/>'
    "</office:master-styles></office:document-styles>"
)
ECRIVENT = {"titre": _titre, "paragraphe": _paragraphe, "liste": _liste, "tableau": _tableau}
