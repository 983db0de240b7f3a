"""What a deposited file is: told by its content, refused when it is two things, runs code, or explodes."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from programme.enums import TypePiece
from programme.models.pieces import TAILLE_MAX
from programme.types_de_fichier import nettoyer_le_nom, reconnaitre
from tests.factories_pieces import JPEG, PDF, WEBP, archive, contenu, parties_odf, parties_ooxml, png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
DOCX = archive(parties_ooxml())


def refus(octets):
    with pytest.raises(ValidationError) as erreur:
        reconnaitre(io.BytesIO(octets))
    return erreur.value.code


@pytest.mark.parametrize("type_de_piece", list(TypePiece))
def test_chaque_type_accepte_se_reconnait_a_son_contenu(type_de_piece):
    assert reconnaitre(io.BytesIO(contenu(type_de_piece))) == type_de_piece


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "vide"),
        (SVG, "page_web"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?>" + SVG, "page_web"),
        (HTML, "page_web"),
        (b"MZ\x90\0" + b"\0" * 100, "inconnu"),
        (b"bonjour", "inconnu"),
        (b"GIF89a" + b"\0" * 100, "inconnu"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien"),
        # Cut short.
        (PDF[:20], "abime"),
        (png()[:-4], "abime"),
        (JPEG[:-2], "abime"),
        (WEBP + b"1234", "abime"),
        (DOCX[:-30], "double"),
        # Two things at once.
        (b"\n" + HTML + PDF, "page_web"),
        (b"xx" + PDF, "inconnu"),
        (PDF[:9] + HTML + PDF[9:], "double"),
        (PDF + archive({"a": "b"}), "double"),
        (JPEG + archive({"a": "b"}), "double"),
        (JPEG[:10] + HTML + JPEG[10:], "double"),
        (png(SVG), "abime"),
        (PDF + DOCX, "double"),
        (DOCX + HTML, "double"),
        (archive({"a": "b"})[:40] + DOCX, "double"),
        # Archives that are no document.
        (archive({"a": "b"}), "inconnu"),
        (archive({"[Content_Types].xml": "<Types/>", "word/document.xml": ""}), "inconnu"),
        (archive(parties_ooxml() | parties_odf()), "inconnu"),
        (archive({"mimetype": "text/html", "content.xml": ""}), "inconnu"),
        # What runs.
        (archive(parties_ooxml() | {"word/vbaProject.bin": "x"}), "macros"),
        (archive(parties_ooxml() | {"xl/macrosheets/sheet1.xml": "x"}), "macros"),
        (archive(parties_ooxml() | {"word/activeX/activeX1.xml": "x"}), "macros"),
        (archive(parties_ooxml(macro="application/vnd.ms-word.document.macroEnabled.main+xml")), "macros"),
        (archive(parties_odf() | {"Basic/Standard/Module1.xml": "x"}), "macros"),
        # What explodes.
        (archive(parties_ooxml() | {"word/x.xml": b"\0" * 70_000_000}), "decompression"),
        (archive(parties_ooxml() | {f"word/{n}.xml": "" for n in range(5001)}), "abime"),
    ],
)
def test_ce_qui_n_est_pas_un_document_simple_est_refuse(octets, code):
    assert refus(octets) == code


def test_une_archive_qui_ment_sur_sa_taille_est_refusee():
    octets = bytearray(archive(parties_ooxml() | {"word/x.xml": b"\0" * 70_000_000}))
    place = octets.rfind(b"word/x.xml") - 46 + 24
    octets[place : place + 4] = (10).to_bytes(4, "little")
    assert refus(bytes(octets)) == "decompression"


def test_deux_parties_du_meme_nom_sont_refusees():
    sortie = io.BytesIO(DOCX)
    with zipfile.ZipFile(sortie, "a") as ecrite, pytest.warns(UserWarning, match="Duplicate name"):
        ecrite.writestr("word/document.xml", "autre")
    assert refus(sortie.getvalue()) == "abime"


def test_vingt_megaoctets_passent_et_pas_un_de_plus():
    milieu = b"0" * (TAILLE_MAX - len(PDF))
    assert reconnaitre(io.BytesIO(PDF[:9] + milieu + PDF[9:])) == TypePiece.PDF
    assert refus(PDF[:9] + milieu + b"0" + PDF[9:]) == "trop_gros"


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("devis.pdf", "devis.pdf"),
        ("DEVIS.PDF", "DEVIS.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\devis.pdf", "devis.pdf"),
        ("devis\u202efdp.exe", "devis fdp.pdf"),
        ("de\0vis\r\n.pdf", "de vis.pdf"),
        ("page.html", "page.pdf"),
        ("a.pdf.pdf", "a.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ('de"vis<1>.pdf', "de vis 1.pdf"),
        ("é" * 300 + ".pdf", "é" * 100 + ".pdf"),
        ("rapport v1.2 du 3 mai.pdf", "rapport v1.2 du 3 mai.pdf"),
    ],
)
def test_le_nom_servi_n_a_ni_chemin_ni_signe_invisible(nom, attendu):
    assert nettoyer_le_nom(nom, TypePiece.PDF) == attendu
