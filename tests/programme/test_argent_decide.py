"""Acts that can't be counted, who decides of money, several programmed together."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from comptes.models import Courrier
from comptes.parcours import TransitionImpossible, TransitionIncomplete, TransitionInterdite, passer, possibles
from programme.argent import faits
from programme.argent.demandes import enregistrer
from programme.argent.ecritures import PlafondDepasse
from programme.argent.ensemble import apercu, programmer_en_nombre
from programme.argent.enums import Circuit, EtatFinancement
from programme.enums import EtatProjet
from programme.models import Ecart, Enveloppe, Financement, Mouvement, Projet
from tests.factories import AdministrateurFactory, EnveloppeFactory
from tests.factories_argent import (
    LE,
    FinancementFactory,
    OperateurFactory,
    avancer,
    champs_d_argent,
    ecart_de,
    ligne_en,
    plafond,
    sommes,
)
from tests.factories_projets import ProjetFactory, projet_en
from tests.outils.personnages import ENVELOPPE, PILOTE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("comptes_justes")]
MILLE, CENT = Decimal("1000.00"), Decimal("100.00")


# --- Acts that can't be counted
def test_un_acte_qui_depasse_est_garde_hors_des_totaux_puis_compte(territoire):
    ecart = ecart_de(ProjetFactory(territoire=territoire), EnveloppeFactory())
    assert isinstance(ecart, Ecart)
    assert sommes(ecart.financement) == (0, 0, 0)
    par = AdministrateurFactory()
    with pytest.raises(PlafondDepasse):
        faits.regulariser(ecart, par)
    plafond("1000.00", dotation=ecart.dotation)
    mouvement = faits.regulariser(ecart, par)
    ecart.refresh_from_db()
    assert (ecart.mouvement, ecart.regle_par) == (mouvement, par)
    assert sommes(ecart.financement) == (0, MILLE, 0)
    assert mouvement.date == LE
    with pytest.raises(TransitionImpossible, match="déjà réglé"):
        faits.ecarter(ecart, "Deux fois.", par)


def test_un_ecart_se_met_de_cote_pour_une_raison(territoire, personnages):
    ecart = ecart_de(ProjetFactory(territoire=territoire), Enveloppe.objects.get(code=ENVELOPPE))
    with pytest.raises(PermissionDenied):
        faits.ecarter(ecart, "Non.", personnages["pilote"])
    with pytest.raises(ValidationError):
        faits.ecarter(ecart, " ", personnages["opérateur"])
    faits.ecarter(ecart, "Saisi deux fois.", personnages["opérateur"])
    ecart.refresh_from_db()
    assert (ecart.mouvement, ecart.motif) == (None, "Saisi deux fois.")


def test_un_versement_de_trop_est_garde(reference):
    ligne = ligne_en(EtatFinancement.ATTRIBUE)
    champs = champs_d_argent(ligne.parcours.transition("verser"), montant=Decimal("1000.01"))
    ecart = faits.enregistrer_un_fait(ligne, "verser", AdministrateurFactory(), **champs)
    assert isinstance(ecart, Ecart)
    assert "Il reste 1\u202f000,00" in ecart.raison


def test_ce_qui_n_est_pas_un_acte_est_refuse(reference):
    ligne = FinancementFactory()
    dotation = plafond("1.00", exercice__enveloppe=ligne.enveloppe)
    champs = champs_d_argent(ligne.parcours.transition("programmer"), dotation=dotation)
    with pytest.raises(PlafondDepasse):
        faits.enregistrer_un_fait(ligne, "programmer", AdministrateurFactory(), **champs)
    assert not Ecart.objects.exists()


# --- Who decides
QUI = {
    Circuit.OPERATEUR: {"opérateur"},
    Circuit.PREFET: {"État territorial"},
    Circuit.REGION: {"pilote", "agent instructeur"},
    Circuit.PREFET_ET_REGION: {"opérateur", "État territorial", "pilote", "agent instructeur"},
}


@pytest.mark.parametrize("circuit", Circuit)
def test_qui_programme_selon_le_circuit(territoire, personnages, circuit):
    pic = Enveloppe.objects.get(code=ENVELOPPE)
    Enveloppe.objects.filter(pk=pic.pk).update(circuit=circuit)
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    ligne = ligne_en(EtatFinancement.SOLLICITE, projet=projet, enveloppe=pic)
    permis = {
        nom
        for nom, personne in personnages.items()
        if personne and Financement.objects.programmables_par(personne).filter(pk=ligne.pk).exists()
    }
    assert permis == QUI[circuit] | {"administrateur"}


def test_prefet_et_region_donnent_chacun_leur_accord(territoire, personnages):
    enveloppe = EnveloppeFactory(circuit=Circuit.PREFET_ET_REGION)
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    ligne = ligne_en(EtatFinancement.INSTRUCTION, projet=projet, enveloppe=enveloppe)
    pilote, etat = personnages["pilote"], personnages["État territorial"]
    with pytest.raises(TransitionIncomplete) as refus:
        avancer(ligne, "programmer", pilote)
    assert [une.message for une in refus.value.manques] == [
        "Il manque l'accord de la région.",
        "Il manque l'accord de l'État.",
    ]
    with pytest.raises(TransitionInterdite):
        avancer(ligne, "accorder-etat", pilote)
    avancer(ligne, "accorder-etat", etat)
    avancer(ligne, "accorder-region", pilote)
    assert ligne.etat == EtatFinancement.INSTRUCTION
    avancer(ligne, "programmer", etat)
    avancer(ligne, "deprogrammer", pilote)
    # They agreed to what was asked then.
    with pytest.raises(TransitionIncomplete):
        avancer(ligne, "programmer", pilote)


def test_qui_demande_ne_decide_pas(territoire, personnages):
    enveloppe = EnveloppeFactory(circuit=Circuit.REGION, region_id=PILOTE)
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    pilote, agent = personnages["pilote"], personnages["agent instructeur"]
    ligne = enregistrer(Financement(projet=projet, financeur="enveloppe", enveloppe=enveloppe, demande=CENT), pilote)
    passer(ligne, "solliciter", pilote)
    with pytest.raises(TransitionInterdite, match="Une autre personne en décide"):
        avancer(ligne, "programmer", pilote)
    avancer(ligne, "programmer", agent)


def test_l_operateur_ne_voit_que_ce_qu_on_lui_demande(territoire, personnages):
    pic, operateur = Enveloppe.objects.get(code=ENVELOPPE), personnages["opérateur"]
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire, montants_secrets=True)
    ligne = FinancementFactory(projet=projet, enveloppe=pic)
    ailleurs = FinancementFactory(projet=projet)
    assert not Projet.objects.connus_par(operateur).exists()
    assert not Financement.objects.visibles_par(operateur).exists()
    passer(ligne, "solliciter", personnages["chef de projet"])
    assert list(Projet.objects.connus_par(operateur)) == [projet]
    assert Projet.objects.montants_visibles_par(operateur).filter(pk=projet.pk).exists()
    # The whole plan: other sources make it balance.
    assert set(Financement.objects.visibles_par(operateur)) == {ligne, ailleurs}
    assert {une.transition.cle for une in possibles(ligne, operateur)} >= {"instruire", "programmer", "attribuer"}
    voisin = OperateurFactory(enveloppe=pic, region_id="44").personne
    assert not Financement.objects.visibles_par(voisin).exists()


def test_l_operateur_est_averti_puis_l_equipe(territoire, personnages, django_capture_on_commit_callbacks):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    ligne = FinancementFactory(projet=projet, enveloppe=Enveloppe.objects.get(code=ENVELOPPE))
    Courrier.objects.all().delete()
    passer(ligne, "solliciter", personnages["chef de projet"])
    assert [une.adresse for une in Courrier.objects.all()] == [personnages["opérateur"].email]
    Courrier.objects.all().delete()
    avancer(ligne, "attribuer", personnages["opérateur"])
    assert personnages["chef de projet"].email in {une.adresse for une in Courrier.objects.all()}
    assert "1\u202f000,00" in Courrier.objects.first().texte


# --- Several together
def test_l_apercu_dit_ce_que_cela_laisse_et_n_ecrit_rien(reference):
    enveloppe = EnveloppeFactory()
    dotation = plafond("2500.00", exercice__enveloppe=enveloppe)
    bonnes = [FinancementFactory(enveloppe=enveloppe) for _ in range(2)]
    perdue = ligne_en(EtatFinancement.RETIRE, enveloppe=enveloppe)
    par = AdministrateurFactory()
    vu = apercu([(ligne, MILLE) for ligne in [*bonnes, perdue]], dotation, par)
    assert ([ligne for ligne, _ in vu.passent], vu.total, vu.laisse) == (bonnes, 2 * MILLE, Decimal("500.00"))
    assert [raison for _, _, raison in vu.refusees] == ["Il est « retiré »."]
    assert not vu.est_bloque
    trop = apercu([(ligne, 2 * MILLE) for ligne in bonnes], dotation, par)
    assert (trop.est_bloque, trop.depasse) == (True, Decimal("1500.00"))
    dotation.refresh_from_db()
    assert dotation.charge == 0


def test_tout_est_programme_ou_rien(reference):
    enveloppe = EnveloppeFactory()
    dotation = plafond("1500.00", exercice__enveloppe=enveloppe)
    choix = [(FinancementFactory(enveloppe=enveloppe), MILLE) for _ in range(2)]
    decision = {"autorite": "operateur", "date": LE}
    with pytest.raises(PlafondDepasse):
        programmer_en_nombre(choix, dotation, AdministrateurFactory(), **decision)
    assert not Mouvement.objects.exists()
    assert len(programmer_en_nombre(choix[:1], dotation, AdministrateurFactory(), **decision)) == 1
