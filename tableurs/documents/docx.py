"""A document as Word opens it."""

from io import BytesIO

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from tableurs.documents import propre

TYPE_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
POLICE = "Arial"
LARGEUR_UTILE = 17
GRIS = RGBColor(0x66, 0x66, 0x66)
BLEU = RGBColor(0x00, 0x00, 0x91)


def ecrire(document):
    """Return the bytes of a DOCX file: A4, in French."""
    fichier = docx.Document()
    _mettre_en_page(fichier, document)
    fichier.add_heading(propre(document.titre), 0)
    saut = False
    for bloc in document.blocs:
        if bloc.genre == "saut":
            saut = True
            continue
        premier = ECRIVENT[bloc.genre](fichier, bloc)
        if saut and premier is not None:
            premier.paragraph_format.page_break_before = True
        saut = False
    tampon = BytesIO()
    fichier.save(tampon)
    return tampon.getvalue()


def _mettre_en_page(fichier, document):
    proprietes = fichier.core_properties
    proprietes.title, proprietes.author, proprietes.comments = propre(document.titre), "", ""
    proprietes.language = "fr-FR"
    section = fichier.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    normal = fichier.styles["Normal"]
    normal.font.name, normal.font.size = POLICE, Pt(10.5)
    langue = OxmlElement("w:lang")
    langue.set(qn("w:val"), "fr-FR")
    normal.element.get_or_add_rPr().append(langue)
    for nom, taille in (("Title", 22), ("Heading 1", 16), ("Heading 2", 13), ("Heading 3", 11)):
        style = fichier.styles[nom]
        style.font.name, style.font.size, style.font.color.rgb = POLICE, Pt(taille), BLEU
        # The themes' own font would win.
        polices = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribut in [nom for nom in polices.attrib if "heme" in nom]:
            del polices.attrib[attribut]


def _titre(fichier, bloc):
    return fichier.add_heading(propre(bloc.texte), bloc.niveau)


def _paragraphe(fichier, bloc):
    paragraphe = fichier.add_paragraph(propre(bloc.texte))
    if bloc.discret:
        for trait in paragraphe.runs:
            trait.font.size, trait.font.color.rgb = Pt(9), GRIS
    return paragraphe


def _liste(fichier, bloc):
    lignes = [fichier.add_paragraph(propre(element), style="List Bullet") for element in bloc.elements]
    return lignes[0] if lignes else None


def _tableau(fichier, bloc):
    rangees = [*([bloc.entetes] if bloc.entetes else []), *bloc.lignes]
    colonnes = len(rangees[0]) if rangees else 0
    if not colonnes:
        return
    table = fichier.add_table(rows=0, cols=colonnes, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    largeurs = bloc.largeurs or (100 / colonnes,) * colonnes
    for colonne, part in zip(table.columns, largeurs, strict=True):
        colonne.width = Cm(LARGEUR_UTILE * part / 100)
    for rang, rangee in enumerate(rangees):
        est_entete = bool(bloc.entetes) and rang == 0
        ligne = table.add_row()
        _sans_coupure(ligne, est_entete)
        for place, (cellule, texte, part) in enumerate(zip(ligne.cells, rangee, largeurs, strict=True)):
            cellule.width = Cm(LARGEUR_UTILE * part / 100)
            cellule.text = propre(texte)
            if est_entete or (not bloc.entetes and place == 0):
                for trait in cellule.paragraphs[0].runs:
                    trait.bold = True
    # Else the next table would stick to this one.
    fichier.add_paragraph()
    return


def _sans_coupure(ligne, est_entete):
    """Keep a row on one page; repeat the headings on each."""
    proprietes = ligne._tr.get_or_add_trPr()
    proprietes.append(OxmlElement("w:cantSplit"))
    if est_entete:
        proprietes.append(OxmlElement("w:tblHeader"))


ECRIVENT = {"titre": _titre, "paragraphe": _paragraphe, "liste": _liste, "tableau": _tableau}
