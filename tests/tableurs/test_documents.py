"""Text documents: the same blocks in each format, opened by LibreOffice; whatever people wrote in them."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import docx
import pytest

from tableurs.documents import Document, Liste, Paragraphe, SautDePage, Tableau, Titre
from tableurs.documents.formats import FORMATS
from tests.outils.libreoffice import convertir, pages_du_pdf

HOSTILE = "a < b & c > d \"e\" 'f' \x00\x0b\ufffe {{ x }} <script>\nseconde ligne\tœ 🏭"


@pytest.fixture
def document():
    document = Document("Relevé : l'été")
    document.ajouter(
        Tableau("Faits", [("Région", "Hauts-de-France"), ("Lieu", HOSTILE)], largeurs=(30, 70)),
        Titre("Ordre du jour"),
        Tableau("Points", [(1, "Une école"), (2, "Un atelier")], ("Rang", "Projet")),
        Tableau("Rien", []),
        Liste(["Premier élément", HOSTILE]),
        SautDePage(),
        Titre("Seconde page"),
        Paragraphe(HOSTILE),
        Paragraphe("Dit à part", discret=True),
        SautDePage(),
        Paragraphe("Troisième page"),
    )
    document.texte("Contexte", "Un paragraphe.\r\n\r\n  \nUn autre,\nsur deux lignes.")
    document.texte("Objectifs", "  ")
    return document


def test_un_texte_devient_un_titre_et_ses_paragraphes(document):
    assert document.blocs[-3:] == [
        Titre("Contexte", 2),
        Paragraphe("Un paragraphe."),
        Paragraphe("Un autre,\nsur deux lignes."),
    ]


def test_libreoffice_ouvre_les_deux_formats_et_y_lit_tout(document, tmp_path):
    """Once for both: starting takes most of the time."""
    fichiers = []
    for extension, format_ in FORMATS.items():
        fichiers.append(tmp_path / f"document_{extension}.{extension}")
        fichiers[-1].write_bytes(format_.ecrire(document))
    convertir(tmp_path, fichiers, "txt:Text (encoded):UTF8", "pdf")
    textes = [(tmp_path / f"document_{extension}.txt").read_text("utf-8-sig") for extension in FORMATS]
    for texte in textes:
        for attendu in ("Relevé : l'été", "Hauts-de-France", "Projet", "Un atelier", "Dit à part", "Troisième page"):
            assert attendu in texte
        assert texte.count("a < b & c > d \"e\" 'f'") == 3
        assert texte.count("{{ x }} <script>") == texte.count("seconde ligne") == 3
        assert "Objectifs" not in texte
    for extension in FORMATS:
        assert pages_du_pdf(tmp_path / f"document_{extension}.pdf") == 3, extension


def test_un_docx_se_relit_avec_ses_titres_et_ses_tableaux(document):
    lu = docx.Document(BytesIO(FORMATS["docx"].ecrire(document)))
    titres = [p.text for p in lu.paragraphs if p.style.name.startswith("Heading")]
    assert titres == ["Ordre du jour", "Seconde page", "Contexte"]
    assert [len(table.rows) for table in lu.tables] == [2, 3]
    assert lu.core_properties.author == ""
    assert lu.core_properties.title == "Relevé : l'été"
    seconde = next(p for p in lu.paragraphs if p.text == "Seconde page")
    assert seconde.paragraph_format.page_break_before


def test_un_odt_est_un_zip_bien_forme_dont_le_type_vient_en_premier(document):
    octets = FORMATS["odt"].ecrire(document)
    assert octets == FORMATS["odt"].ecrire(document)
    archive = zipfile.ZipFile(BytesIO(octets))
    premier = archive.infolist()[0]
    assert (premier.filename, premier.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert archive.read("mimetype").decode() == FORMATS["odt"].type_mime
    for nom in archive.namelist()[1:]:
        ElementTree.fromstring(archive.read(nom))
    manifeste = archive.read("META-INF/manifest.xml").decode()
    assert all(nom in manifeste for nom in ("content.xml", "styles.xml", "meta.xml"))
