"""*À rapprocher*: a line is chosen once, and the next files know; behind the rule."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.parcours import TransitionImpossible
from programme.argent import rapprochement
from programme.argent.enums import EtatFinancement, QualiteOperateur
from programme.models import Ecart, FaitImporte, Financement, Mouvement
from tests import factories as f
from tests.factories_argent import FaitImporteFactory, OperateurFactory, avancer, ligne_en, plafond
from tests.factories_projets import ProjetFactory
from tests.outils.personnages import PILOTE, VOISINE
from tests.tableurs.conftest import dossier_prive  # noqa: F401

pytestmark = pytest.mark.django_db
SIRET = "35600000000048"


@pytest.fixture
def enveloppe(db):
    return f.EnveloppeFactory()


@pytest.fixture
def operateur(reference, enveloppe):
    return OperateurFactory(enveloppe=enveloppe).personne


@pytest.fixture
def ligne(territoire, enveloppe):
    plafond("5000.00", exercice__enveloppe=enveloppe)
    projet = ProjetFactory(territoire=territoire, porteur_siren=SIRET[:9], etat="transmis", numero="FA-2026-00007")
    return ligne_en("instruction", projet=projet, enveloppe=enveloppe)


@pytest.fixture
def fait(enveloppe):
    return FaitImporteFactory(enveloppe=enveloppe)


def versement(fait, **champs):
    return FaitImporteFactory(
        enveloppe=fait.enveloppe, genre="versement", genre_versement="avance", exercice=2026, lot=fait.lot,
        **{"montant": Decimal("300.00"), "date": datetime.date(2026, 2, 20), **champs},
    )  # fmt: skip


def sommes(ligne):
    ligne.refresh_from_db()
    return ligne.etat, ligne.engage, ligne.verse


def test_tout_le_dossier_est_compte_et_le_choix_retenu(operateur, fait, ligne):
    avance = versement(fait)
    faits = rapprochement.rapprocher(fait, ligne, operateur)
    assert [un.pk for un in faits] == [fait.pk, avance.pk]
    assert sommes(ligne) == (EtatFinancement.VERSEMENT, Decimal("1000.00"), Decimal("300.00"))
    assert ligne.dossier_operateur == "D-1"
    assert ligne.historique.first().history_change_reason == "Rapprochement"
    assert not FaitImporte.objects.a_rapprocher().exists()
    assert {un.decide_par for un in FaitImporte.objects.all()} == {operateur}


def test_une_ligne_deja_rapprochee_ne_l_est_pas_deux_fois(operateur, fait, ligne):
    rapprochement.rapprocher(fait, ligne, operateur)
    with pytest.raises(TransitionImpossible, match="déjà rapproché"):
        rapprochement.rapprocher(fait, ligne, operateur)
    assert sommes(ligne)[1] == Decimal("1000.00")


def test_ce_qui_etait_saisi_a_la_main_devient_le_sien(operateur, fait, ligne, enveloppe):
    avancer(ligne, "attribuer", operateur, acte="conv 1", dotation=enveloppe.exercices.get().dotations.get())
    rapprochement.rapprocher(fait, ligne, operateur)
    assert sommes(ligne)[1] == Decimal("1000.00")
    fait.refresh_from_db()
    assert fait.mouvement == Mouvement.objects.get(transition="attribuer")


def test_ce_qui_depasse_est_un_ecart(operateur, fait, ligne):
    FaitImporte.objects.update(montant=Decimal("9000.00"))
    fait.refresh_from_db()
    (obtenu,) = rapprochement.rapprocher(fait, ligne, operateur)
    assert obtenu.ecart == Ecart.objects.get()
    assert sommes(ligne)[1] == 0


def test_ecarter_demande_un_motif_et_garde_la_ligne(operateur, fait, client):
    client.force_login(operateur)
    page = client.post(fait.get_absolute_url(), {"geste": "ecarter", "motif": "", "lesquelles": fait.cle})
    assert page.status_code == 200
    assert "le motif est gardé" in page.content.decode()
    client.post(fait.get_absolute_url(), {"geste": "ecarter", "motif": "Hors programme.", "lesquelles": fait.cle})
    fait.refresh_from_db()
    assert (fait.motif, fait.decide_par, fait.attend) == ("Hors programme.", operateur, False)


def test_ecarter_une_seule_ligne_du_dossier(operateur, fait, client):
    avance = versement(fait)
    client.force_login(operateur)
    donnees = {"geste": "ecarter", "motif": "Payé ailleurs.", "lesquelles": avance.cle}
    client.post(fait.get_absolute_url(), donnees)
    assert FaitImporte.objects.a_rapprocher().get() == fait
    client.post(fait.get_absolute_url(), donnees)
    assert FaitImporte.objects.a_rapprocher().get() == fait


# --- The pages


def test_la_liste_dit_ce_qui_attend_et_combien_sont_proposes(operateur, fait, ligne, client):
    FaitImporte.objects.update(siret=SIRET)
    client.force_login(operateur)
    page = client.get(reverse("a_rapprocher")).content.decode()
    assert "Dossier D-1" in page
    assert fait.get_absolute_url() in page
    assert "1\N{NO-BREAK SPACE}financement proposé" in page


def test_on_choisit_parmi_ce_qui_est_propose(operateur, fait, ligne, client):
    FaitImporte.objects.update(siret=SIRET, numero_projet="FA-2026-00007")
    client.force_login(operateur)
    page = client.get(fait.get_absolute_url()).content.decode()
    assert "Même numéro de projet et même bénéficiaire" in page
    reponse = client.post(fait.get_absolute_url(), {"geste": "rattacher", "financement": ligne.cle}, follow=True)
    assert "1\N{NO-BREAK SPACE}ligne enregistrée au journal" in reponse.content.decode()
    assert sommes(ligne)[1] == Decimal("1000.00")


def test_on_cherche_par_le_numero_du_projet(operateur, fait, ligne, client):
    client.force_login(operateur)
    page = client.post(fait.get_absolute_url(), {"geste": "chercher", "financement": "FA-2026-99999"})
    assert "Aucun financement de cette enveloppe" in page.content.decode()
    client.post(fait.get_absolute_url(), {"geste": "chercher", "financement": "fa-2026-00007"})
    assert sommes(ligne)[1] == Decimal("1000.00")


def test_hors_fiche_action(operateur, fait, territoire, enveloppe, client):
    plafond("5000.00", exercice__enveloppe=enveloppe)
    client.force_login(operateur)
    page = client.get(fait.get_absolute_url()).content.decode()
    assert "Créer hors fiche-action" not in page
    FaitImporte.objects.update(siret=SIRET, territoire=territoire)
    client.post(fait.get_absolute_url(), {"geste": "hors_fiche"})
    ligne = Financement.objects.get(projet=None)
    assert (ligne.engage, ligne.dossier_operateur, ligne.territoire) == (Decimal("1000.00"), "D-1", territoire)
    assert Financement.objects.visibles_par(operateur).filter(pk=ligne.pk).exists()


def test_hors_fiche_action_sans_enveloppe_regionale_ne_cree_rien(operateur, fait, territoire, client):
    FaitImporte.objects.update(siret=SIRET, territoire=territoire)
    client.force_login(operateur)
    page = client.post(fait.get_absolute_url(), {"geste": "hors_fiche"}).content.decode()
    assert "Aucune enveloppe régionale de 2026" in page
    assert not Financement.objects.exists()
    assert FaitImporte.objects.a_rapprocher().get() == fait


def test_un_geste_inconnu_ne_fait_rien(operateur, fait, client):
    client.force_login(operateur)
    assert client.post(fait.get_absolute_url(), {"geste": "autre"}).status_code == 200
    fait.refresh_from_db()
    assert fait.attend


# --- Whose


def test_la_regle(fait, enveloppe, personnages, client):
    lecteur = OperateurFactory(enveloppe=enveloppe, qualite=QualiteOperateur.LECTURE).personne
    d_ailleurs = OperateurFactory().personne
    d_une_region = OperateurFactory(enveloppe=enveloppe, region_id=PILOTE).personne
    d_une_autre = OperateurFactory(enveloppe=enveloppe, region_id=VOISINE).personne
    attendu = {"administrateur": (200, 200), "auditeur": (200, 403), "analyste": (200, 403), "pilote": (403, 404)}
    attendu |= {"chef de projet": (403, 404), "État territorial": (403, 404), "porteur": (403, 404)}
    cas = [(personnages[nom], statuts) for nom, statuts in attendu.items()]
    cas += [(lecteur, (200, 403)), (d_ailleurs, (200, 404)), (d_une_region, (200, 404)), (d_une_autre, (200, 404))]
    for personne, statuts in cas:
        client.force_login(personne)
        obtenus = [client.get(url).status_code for url in (reverse("a_rapprocher"), fait.get_absolute_url())]
        assert tuple(obtenus) == statuts, personne
    FaitImporte.objects.update(region=PILOTE)
    assert FaitImporte.objects.modifiables_par(d_une_region).exists()
    assert not FaitImporte.objects.visibles_par(d_une_autre).exists()


def test_on_ne_rapproche_pas_de_la_ligne_d_une_autre_enveloppe(operateur, fait, territoire):
    autre = ligne_en("instruction", projet=ProjetFactory(territoire=territoire))
    with pytest.raises(PermissionDenied):
        rapprochement.rapprocher(fait, autre, operateur)
    with pytest.raises(PermissionDenied):
        rapprochement.ecarter(fait, "Non.", OperateurFactory().personne, {fait.cle})


def test_les_requetes_de_la_liste_ne_suivent_pas_les_lignes(operateur, fait, client):
    client.force_login(operateur)

    def requetes():
        with CaptureQueriesContext(connection) as vues:
            assert client.get(reverse("a_rapprocher")).status_code == 200
        return len(vues)

    requetes()
    peu = requetes()
    for rang in range(30):
        FaitImporteFactory(enveloppe=fait.enveloppe, dossier=f"E-{rang}", siret=SIRET, lot=fait.lot)
    assert requetes() <= peu


@pytest.mark.parametrize(
    ("contrainte", "champs"),
    [
        ("programme_fait_unique", {"empreinte": "la même"}),
        ("programme_fait_compte_une_fois", {"motif": "Non.", "mouvement": True}),
        ("programme_fait_decide", {"motif": "Non.", "decide_par": None}),
        ("programme_fait_versement", {"genre": "versement"}),
    ],
)
def test_ce_que_la_base_refuse(fait, ligne, operateur, contrainte, champs):
    FaitImporte.objects.update(empreinte="la même")
    champs = {"decide_par": operateur, "decide_le": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), **champs}
    if champs["decide_par"] is None:
        champs.pop("decide_le")
    if champs.pop("mouvement", None):
        champs |= {"financement": ligne, "mouvement": Mouvement.objects.filter(financement=ligne).first()}
    with pytest.raises(IntegrityError) as erreur, transaction.atomic():
        FaitImporteFactory(enveloppe=fait.enveloppe, lot=fait.lot, **champs)
    assert contrainte in str(erreur.value) or "UNIQUE" in str(erreur.value)
