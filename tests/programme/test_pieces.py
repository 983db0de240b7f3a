"""Documents of a project: who reads them, how they are kept, served, withdrawn; what an attacker would send."""

import datetime
import io
import socket
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comptes.effacement import anonymiser
from comptes.mes_donnees import rassembler
from programme import pieces
from programme.antivirus import examiner
from programme.cercles import lecteurs
from programme.enums import Cercle, EtatProjet, NaturePiece, TypePiece
from programme.models import Piece, Projet
from programme.models.pieces import DOSSIER, TAILLE_MAX
from tableurs.models import stockage_prive
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.factories_pieces import PDF, PieceFactory, archive, parties_ooxml
from tests.factories_projets import PorteurFactory, projet_en
from tests.outils.contraintes import verifier_refus
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - files go to a folder of the test's own

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.TRANSMIS, territoire=territoire)


@pytest.fixture
def chef(client, personnages):
    client.force_login(personnages["chef de projet"])
    return personnages["chef de projet"]


def adresse(projet):
    return reverse("piece_deposer", args=[projet.cle])


def deposer(client, projet, nom="devis.pdf", contenu=PDF, mime="application/pdf", **champs):
    donnees = {"intitule": "Un devis", "nature": NaturePiece.DEVIS, "cercle": Cercle.TERRITOIRE_REGION} | champs
    return client.post(adresse(projet), donnees | {"fichier": SimpleUploadedFile(nom, contenu, mime)})


def statut(client, adresse):
    reponse = client.get(adresse)
    if reponse.streaming:
        # Read to its end, a file closes.
        b"".join(reponse)
    return reponse.status_code


def fichiers():
    stockage = stockage_prive()
    return stockage.listdir(DOSSIER)[1] if stockage.exists(DOSSIER) else []


# --- Deposited, served


def test_une_piece_se_depose_et_se_telecharge(client, chef, projet):
    reponse = deposer(client, projet, nom="../../Devis n° 4 é.pdf", mime="text/html")
    assert reponse.url.endswith("#pieces")
    piece = Piece.objects.get()
    assert (piece.type, piece.taille, piece.deposee_par) == (TypePiece.PDF, len(PDF), chef)
    assert piece.nom_fichier == "Devis n° 4 é.pdf"
    servie = client.get(piece.get_absolute_url())
    assert b"".join(servie) == PDF
    assert servie["Content-Type"] == "application/pdf"
    assert servie["Content-Disposition"] == "attachment; filename*=utf-8''Devis%20n%C2%B0%204%20%C3%A9.pdf"
    assert servie["X-Content-Type-Options"] == "nosniff"
    assert servie["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert {"private", "no-store"} <= set(servie["Cache-Control"].split(", "))
    assert "Un devis" in client.get(projet.get_absolute_url()).content.decode()


def test_son_nom_n_est_nulle_part_sur_le_disque_et_aucune_adresse_n_y_mene(client, chef, projet):
    deposer(client, projet, nom="secret.pdf")
    (nom,) = fichiers()
    assert len(nom) == 32
    assert "secret" not in nom
    assert client.get(Piece.objects.get().fichier.url).status_code == 404


@pytest.mark.parametrize(
    ("nom", "contenu", "mots"),
    [
        ("dessin.svg", SVG, "page web ou un dessin SVG"),
        ("devis.pdf", b"<html><script>alert(1)</script>", "page web ou un dessin SVG"),
        ("devis.pdf", PDF + archive({"a": "b"}), "en cache un autre"),
        ("image.png", b"\n" + PDF, "pas accepté"),
        ("devis.docx", archive(parties_ooxml() | {"word/vbaProject.bin": ""}), "macros"),
        ("devis.docx", archive(parties_ooxml() | {"word/x.xml": b"\0" * 70_000_000}), "démesurément gros"),
        ("devis.pdf", PDF[:9] + b"0" * TAILLE_MAX + PDF[9:], "la limite est de 20"),
        ("devis.pdf", b"", "vide"),
    ],
)
def test_un_fichier_dangereux_est_refuse_et_ne_laisse_rien(client, chef, projet, nom, contenu, mots):
    reponse = deposer(client, projet, nom=nom, contenu=contenu)
    assert reponse.status_code == 200
    assert mots in reponse.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert not Piece.objects.exists()
    assert not fichiers()


def test_un_nom_retourne_est_servi_a_l_endroit(client, chef, projet):
    deposer(client, projet, nom="facture\u202efdp.exe")
    servie = client.get(Piece.objects.get().get_absolute_url())
    assert b"".join(servie) == PDF
    assert servie["Content-Disposition"] == 'attachment; filename="facturefdp.pdf"'


def test_une_base_qui_refuse_ne_laisse_pas_de_fichier(client, chef, projet, monkeypatch):
    def refuser(*args, **kwargs):
        raise DatabaseError("pleine")

    monkeypatch.setattr(Piece, "save", refuser)
    with pytest.raises(DatabaseError):
        deposer(client, projet)
    assert not fichiers()


# --- Who reads


def test_chaque_cercle_lit_ce_qui_lui_est_destine_et_lui_seul(personnages, projet):
    """What the queryset lets read is what `lecteurs` announces: the rule is written twice, once each way."""
    personnages["porteur du projet"] = PorteurFactory(projet=projet).personne
    nationaux = {"analyste", "auditeur", "administrateur"}
    for cercle in Cercle:
        piece = PieceFactory(projet=projet, cercle=cercle)
        annonces = set(lecteurs(projet, cercle))
        for nom, personne in personnages.items():
            lit = personne is not None and Piece.objects.visibles_par(personne).filter(pk=piece.pk).exists()
            assert lit == (personne in annonces or nom in nationaux), (cercle, nom)
    assert len(lecteurs(projet, Cercle.TOUS)) >= 6


def test_l_etat_ne_lit_rien_d_un_brouillon(personnages, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    piece = PieceFactory(projet=projet, cercle=Cercle.INSTRUCTION)
    assert personnages["État territorial"] not in lecteurs(projet, Cercle.INSTRUCTION)
    assert not Piece.objects.visibles_par(personnages["État territorial"]).exists()
    assert Piece.objects.visibles_par(personnages["pilote"]).get() == piece


def test_le_secret_des_affaires_se_lit_entre_peu(client, personnages, projet):
    maire = f.ActeurFactory(territoire=projet.territoire, qualite=QualiteTerritoriale.MAIRE).personne
    piece = PieceFactory(projet=projet, secret_des_affaires=True, intitule="Un plan d'affaires")
    for personne, lit in (
        (maire, False),
        (personnages["lecture"], False),
        (personnages["chef de projet"], True),
        (personnages["pilote"], True),
        (personnages["État territorial"], True),
        (PorteurFactory(projet=projet).personne, True),
    ):
        client.force_login(personne)
        assert (statut(client, piece.get_absolute_url()) == 200) == lit
        assert ("plan d&#x27;affaires" in client.get(projet.get_absolute_url()).content.decode()) == lit
    # Who is not in the secret doesn't put anything there.
    client.force_login(maire)
    deposer(client, projet, secret_des_affaires="on")
    assert not Piece.objects.latest("pk").secret_des_affaires


def test_on_ne_depose_que_pour_un_cercle_dont_on_est(client, personnages, projet):
    for nom, cercle in (
        ("chef de projet", Cercle.INSTRUCTION),
        ("pilote", Cercle.PORTEUR_EQUIPE),
        ("État territorial", Cercle.TERRITOIRE_REGION),
        ("administrateur", Cercle.INSTRUCTION),
        ("chef de projet", "autre"),
    ):
        client.force_login(personnages[nom])
        reponse = deposer(client, projet, cercle=cercle)
        assert "Vous ne faites pas partie" in reponse.content.decode()
    assert not Piece.objects.exists()


def test_la_page_publique_ne_montre_aucune_piece(client, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    piece = PieceFactory(projet=projet)
    page = client.get(projet.get_absolute_url()).content.decode()
    assert piece.intitule not in page
    assert "Pièces" not in page
    assert client.get(piece.get_absolute_url()).status_code == 302


def test_la_cle_d_une_piece_n_ouvre_rien_sous_un_autre_projet(client, chef, projet, territoire):
    autre = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    piece = PieceFactory(projet=projet)
    assert statut(client, reverse("piece", args=[projet.cle, piece.cle])) == 200
    assert client.get(reverse("piece", args=[autre.cle, piece.cle])).status_code == 404
    assert client.post(reverse("piece_retirer", args=[autre.cle, piece.cle])).status_code == 404


# --- Withdrawn, cleaned up


def test_une_piece_retiree_ne_se_telecharge_plus_et_reste_dite(client, chef, personnages, projet):
    piece = PieceFactory(projet=projet, deposee_par=chef)
    retrait = reverse("piece_retirer", args=[projet.cle, piece.cle])
    assert "Plus personne ne peut" in client.get(retrait).content.decode()
    client.post(retrait)
    assert client.get(piece.get_absolute_url()).status_code == 404
    assert client.post(retrait).status_code == 404
    assert "Retirée par" in client.get(projet.get_absolute_url()).content.decode()
    client.force_login(personnages["administrateur"])
    assert client.get(piece.get_absolute_url()).status_code == 404
    assert not pieces.retirer(piece, personnages["administrateur"])


def test_le_menage_enleve_les_retirees_et_les_orphelines(projet):
    gardee, retiree = PieceFactory(projet=projet), PieceFactory(projet=projet)
    pieces.retirer(retiree, retiree.deposee_par)
    stockage_prive().save(f"{DOSSIER}/orpheline", io.BytesIO(b"x"))
    assert pieces.nettoyer() == 0
    apres = timezone.now() + datetime.timedelta(days=31)
    assert pieces.nettoyer(apres) == 2
    assert [f"{DOSSIER}/{nom}" for nom in fichiers()] == [gardee.fichier.name]
    assert pieces.nettoyer(apres) == 0


def test_un_fichier_perdu_est_introuvable_et_pas_une_erreur(client, chef, projet):
    piece = PieceFactory(projet=projet)
    stockage_prive().delete(piece.fichier.name)
    assert client.get(piece.get_absolute_url()).status_code == 404


# --- The rest of the house


def test_une_piece_se_depose_par_qui_ecrit_suit_ou_instruit(personnages, projet):
    deposent = {"chef de projet", "pilote", "agent instructeur", "État territorial", "administrateur"}
    for nom, personne in personnages.items():
        if personne:
            depose = Projet.objects.documentables_par(personne).filter(pk=projet.pk).exists()
            assert depose == (nom in deposent), nom


def test_effacer_un_compte_garde_la_piece_et_pas_le_nom_de_la_personne(client, chef, projet):
    chef.prenom, chef.nom = "Zoé", "Quidam"
    chef.save()
    piece = PieceFactory(projet=projet, deposee_par=chef, nom_fichier="cv de Zoé Quidam.pdf", intitule="Devis")
    donnees = str(rassembler(chef))
    assert "empreinte" not in donnees
    assert piece.fichier.name not in donnees
    anonymiser(chef)
    piece.refresh_from_db()
    assert (piece.nom_fichier, piece.nom_servi, piece.intitule) == ("Effacé", "Effacé.pdf", "Devis")


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_piece_taille", {"taille": 0}),
        ("programme_piece_taille", {"taille": TAILLE_MAX + 1}),
        ("programme_piece_retiree", {"retiree_le": timezone.now()}),
        ("programme_piece_fichier", {"fichier": ""}),
        ("programme_piece_cercle", {"cercle": "autre"}),
    ],
)
def test_la_base_refuse_une_piece_impossible(nom, changements):
    verifier_refus(PieceFactory(), nom, changements)


def test_une_piece_retiree_l_est_par_quelqu_un():
    verifier_refus(PieceFactory(), "programme_piece_retiree", {"retiree_par": f.UtilisateurFactory()})


def test_la_page_du_projet_ne_coute_pas_plus_avec_trente_pieces(client, chef, projet):
    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(projet.get_absolute_url()).status_code == 200
        return len(requetes)

    for _ in range(2):
        PieceFactory(projet=projet)
    deux = compter()
    for _ in range(28):
        PieceFactory(projet=projet)
    assert compter() == deux <= 34


# --- The antivirus


@pytest.fixture
def clamd(tmp_path, settings):
    """An antivirus that answers what it is told; `recu` holds what it was sent."""
    chemin = str(tmp_path / "clamd")
    serveur = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    serveur.bind(chemin)
    serveur.listen()
    settings.CLAMD = f"unix:{chemin}"

    class Clamd:
        reponse, recu = b"stream: OK\0", b""

    def servir():
        liaison, _ = serveur.accept()
        with liaison:
            while not Clamd.recu.endswith(b"\0\0\0\0") and (morceau := liaison.recv(65536)):
                Clamd.recu += morceau
            liaison.sendall(Clamd.reponse)

    fil = threading.Thread(target=servir, daemon=True)
    fil.start()
    yield Clamd
    serveur.close()
    fil.join(1)


def test_l_antivirus_recoit_le_fichier_entier(clamd):
    fichier = io.BytesIO(PDF)
    examiner(fichier)
    assert clamd.recu == b"zINSTREAM\0" + len(PDF).to_bytes(4, "big") + PDF + b"\0\0\0\0"
    assert fichier.tell() == 0


@pytest.mark.parametrize(
    ("reponse", "code"),
    [(b"stream: Eicar FOUND\0", "infecte"), (b"stream: size limit ERROR\0", "antivirus_muet"), (b"", "antivirus_muet")],
)
def test_sans_un_oui_de_l_antivirus_rien_ne_passe(clamd, reponse, code):
    clamd.reponse = reponse
    with pytest.raises(ValidationError) as refus:
        examiner(io.BytesIO(PDF))
    assert refus.value.code == code


def test_un_antivirus_injoignable_refuse_le_fichier(client, chef, projet, settings, tmp_path):
    settings.CLAMD = f"unix:{tmp_path}/absent"
    assert "ne répond pas" in deposer(client, projet).content.decode()
    assert not Piece.objects.exists()
    assert not fichiers()
