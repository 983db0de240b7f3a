"""What is attached and said on projects, for tests; bytes of small files of each type."""

import io
import struct
import zipfile
import zlib

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from programme import models
from programme.enums import Cercle, ChampDeFiche, EtatProjet, NaturePiece, TypePiece
from programme.remarques import empreintes_de
from tests.factories import UtilisateurFactory
from tests.factories_projets import ProjetFactory, projet_en

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<I", 24) + b"WEBPVP8 " + b"\0" * 16
MIMES_OOXML = {
    TypePiece.DOCX: ("word/document.xml", "wordprocessingml.document"),
    TypePiece.XLSX: ("xl/workbook.xml", "spreadsheetml.sheet"),
    TypePiece.PPTX: ("ppt/presentation.xml", "presentationml.presentation"),
}


def png(*apres):
    def morceau(nom, donnees=b""):
        return struct.pack(">I", len(donnees)) + nom + donnees + struct.pack(">I", zlib.crc32(nom + donnees))

    entete = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    corps = morceau(b"IHDR", entete) + morceau(b"IDAT", zlib.compress(b"\0\0")) + morceau(b"IEND")
    return b"\x89PNG\r\n\x1a\n" + corps + b"".join(apres)


def archive(parties, compression=zipfile.ZIP_DEFLATED):
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", compression) as ecrite:
        for nom, contenu in parties.items():
            ecrite.writestr(nom, contenu)
    return sortie.getvalue()


def parties_ooxml(type_de_piece=TypePiece.DOCX, macro=""):
    partie, genre = MIMES_OOXML[type_de_piece]
    mime = f"application/vnd.openxmlformats-officedocument.{genre}.main+xml"
    return {
        "[Content_Types].xml": f'<Types><Override PartName="/{partie}" ContentType="{mime}"/>{macro}</Types>',
        partie: "<x/>",
    }


def parties_odf(type_de_piece=TypePiece.ODT):
    return {"mimetype": type_de_piece.mime, "content.xml": "<x/>"}


def contenu(type_de_piece):
    """Return a small file of a type."""
    if type_de_piece in MIMES_OOXML:
        return archive(parties_ooxml(type_de_piece))
    if type_de_piece in (TypePiece.ODT, TypePiece.ODS, TypePiece.ODP):
        return archive(parties_odf(type_de_piece))
    return {TypePiece.PDF: PDF, TypePiece.PNG: png(), TypePiece.JPEG: JPEG, TypePiece.WEBP: WEBP}[type_de_piece]


class PieceFactory(DjangoModelFactory):
    """Its file is on the disk: tests give the storage a folder of their own."""

    class Meta:
        model = models.Piece

    projet = factory.SubFactory(ProjetFactory)
    intitule = factory.Sequence(lambda n: f"Pièce {n}")
    nature = NaturePiece.DEVIS
    cercle = Cercle.TOUS
    nom_fichier = "devis.pdf"
    type = TypePiece.PDF
    taille = len(PDF)
    empreinte = "0" * 64
    deposee_par = factory.SubFactory(UtilisateurFactory)
    fichier = factory.LazyFunction(lambda: ContentFile(PDF, "devis.pdf"))


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = models.Message

    projet = factory.SubFactory(ProjetFactory)
    auteur = factory.SubFactory(UtilisateurFactory)
    cercle = Cercle.TOUS
    texte = factory.Sequence(lambda n: f"Message {n}")


class RemarqueFactory(DjangoModelFactory):
    """On a project that was sent back: `projet` has a request for complements."""

    class Meta:
        model = models.Remarque

    projet = factory.LazyFunction(lambda: projet_en(EtatProjet.A_COMPLETER))
    decision = factory.LazyAttribute(lambda une: une.projet.decisions.get(transition="demander-complements"))
    champ = ChampDeFiche.CONTEXTE
    texte = factory.Sequence(lambda n: f"Remarque {n}")
    valeur_lue = factory.LazyAttribute(lambda une: empreintes_de(une.projet, {une.champ})[une.champ])
    faite_par = factory.SubFactory(UtilisateurFactory)
