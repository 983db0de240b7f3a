"""Of the invented programme: what is said, attached and remarked. Few files: each is written on the disk."""

import datetime
import hashlib
import struct
import zlib

from django.core.files.base import ContentFile
from simple_history.utils import bulk_create_with_history

from programme.enums import Cercle, ChampDeFiche, EtatProjet, NaturePiece, TypePiece
from programme.models import Decision, Message, Piece, Remarque
from programme.remarques import DEMANDE, empreintes_de

RAISON = "Démonstration"
PIECES_MAX = 12
MESSAGES = (
    (Cercle.TOUS, "Message inventé : la prochaine réunion de suivi aura lieu le mois prochain."),
    (Cercle.TERRITOIRE_REGION, "Message inventé : pouvez-vous préciser le calendrier des travaux ?"),
    (Cercle.PORTEUR_EQUIPE, "Message inventé : il nous manque le devis signé."),
    (Cercle.INSTRUCTION, "Message inventé : avis demandé au service compétent."),
)
# On plain fields: what stands there is read without a query.
REMARQUES = (
    (ChampDeFiche.CONTEXTE, "Remarque inventée : dites à quel besoin du territoire le projet répond."),
    (ChampDeFiche.COUT_TOTAL, "Remarque inventée : détaillez ce que ce coût comprend."),
    (ChampDeFiche.FIN, "Remarque inventée : cette date est-elle compatible avec les autorisations à obtenir ?"),
    (ChampDeFiche.OBJECTIFS, "Remarque inventée : chiffrez ce que le projet doit changer."),
)
DOCUMENTS = (
    ("Délibération fictive", NaturePiece.DELIBERATION, TypePiece.PDF),
    ("Photo fictive du site", NaturePiece.PHOTO, TypePiece.PNG),
    ("Devis fictif", NaturePiece.DEVIS, TypePiece.PDF),
)


def echanger(demonstration, projets):
    """Write what is around these projects, drawn by their `pilotage.demonstration.Demonstration`."""
    transmis = [projet for projet in projets if projet.numero and projet.etat not in EtatProjet.brouillons()]
    Message.objects.bulk_create(_messages(demonstration, transmis))
    remarques = _remarques(demonstration, projets)
    if remarques:
        bulk_create_with_history(
            remarques, Remarque, default_user=demonstration.auteur, default_change_reason=RAISON, batch_size=500
        )
    reste = max(0, PIECES_MAX - Piece.objects.count())
    Piece.objects.bulk_create(_pieces(demonstration, transmis[:reste]))


def _messages(demonstration, projets):
    hasard = demonstration.hasard
    for projet in projets:
        if hasard.random() < 0.15:
            for cercle, texte in hasard.sample(MESSAGES, k=hasard.randint(1, 3)):
                yield Message(
                    cle=demonstration.cle(),
                    projet=projet,
                    auteur=demonstration.auteur,
                    cercle=cercle,
                    texte=texte,
                    ecrit_le=min(
                        projet.etat_depuis + datetime.timedelta(hours=hasard.randint(1, 72)), demonstration.maintenant
                    ),
                )


def _remarques(demonstration, projets):
    """On each fiche that is to be completed: some answered, some not."""
    hasard, auteur = demonstration.hasard, demonstration.auteur
    a_completer = [projet for projet in projets if projet.etat == EtatProjet.A_COMPLETER]
    demandes = Decision.objects.filter(projet__in=a_completer, transition=DEMANDE).order_by("projet", "pk")
    remarques = []
    # The last of each.
    for decision in {demande.projet_id: demande for demande in demandes.select_related("projet")}.values():
        choisies = hasard.sample(REMARQUES, k=2)
        empreintes = empreintes_de(decision.projet, {champ for champ, _ in choisies})
        for rang, (champ, texte) in enumerate(choisies):
            levee = rang == 0 and hasard.random() < 0.5
            remarques.append(
                Remarque(
                    cle=demonstration.cle(),
                    projet=decision.projet,
                    decision=decision,
                    champ=champ,
                    texte=texte,
                    valeur_lue=empreintes[champ],
                    faite_par=auteur,
                    faite_le=decision.saisie_le,
                    levee_par=auteur if levee else None,
                    levee_le=demonstration.maintenant if levee else None,
                )
            )
    return remarques


def _pieces(demonstration, projets):
    """Their files go to the disk as they are told."""
    for rang, projet in enumerate(projets):
        intitule, nature, type_de_piece = DOCUMENTS[rang % len(DOCUMENTS)]
        contenu = _pdf(f"{intitule}, {projet.numero}") if type_de_piece == TypePiece.PDF else _png(rang)
        piece = Piece(
            cle=demonstration.cle(),
            projet=projet,
            intitule=intitule,
            nature=nature,
            cercle=Cercle.TOUS,
            nom_fichier=f"{nature}.{type_de_piece}",
            type=type_de_piece,
            taille=len(contenu),
            empreinte=hashlib.sha256(contenu).hexdigest(),
            deposee_par=demonstration.auteur,
            deposee_le=projet.etat_depuis,
        )
        piece.fichier.save(piece.nom_fichier, ContentFile(contenu), save=False)
        yield piece


def _pdf(texte):
    """Return a page with a line of text."""
    ligne = texte.encode("cp1252", "replace").replace(b"(", b"\\(").replace(b")", b"\\)")
    flux = b"BT /F1 18 Tf 60 760 Td (" + ligne + b") Tj ET"
    objets = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(flux), flux),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    sortie, places = b"%PDF-1.4\n", []
    for numero, objet in enumerate(objets, start=1):
        places.append(len(sortie))
        sortie += b"%d 0 obj%s\nendobj\n" % (numero, objet)
    debut = len(sortie)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    sortie += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objets) + 1, table)
    return sortie + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, debut)


def _png(rang, cote=64):
    """Return a square of one colour."""

    def morceau(nom, donnees=b""):
        return struct.pack(">I", len(donnees)) + nom + donnees + struct.pack(">I", zlib.crc32(nom + donnees))

    pixel = bytes((40 + 15 * rang % 200, 90, 160))
    corps = zlib.compress((b"\0" + pixel * cote) * cote)
    entete = struct.pack(">IIBBBBB", cote, cote, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + morceau(b"IHDR", entete) + morceau(b"IDAT", corps) + morceau(b"IEND")
