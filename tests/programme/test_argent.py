"""A line of money from asking to the last payment: what each act does to the line, the plan, the share, the journal."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from comptes.parcours import TransitionImpossible, TransitionIncomplete, passer
from programme.argent import plafonds
from programme.argent.demandes import enregistrer
from programme.argent.ecritures import PlafondDepasse, SourcesDepassees
from programme.argent.enums import EtatFinancement, GenreDotation, NatureFinancement
from programme.argent.plafonds import PlafondTropBas
from programme.enums import EtatProjet
from programme.models import ActeDeDotation, Dotation, Enveloppe, Financement, Mouvement, Projet
from tests.factories import AdministrateurFactory, EnveloppeFactory
from tests.factories_argent import (
    CHEMINS,
    LE,
    DotationFactory,
    ExerciceFactory,
    FinancementFactory,
    OuvertureFactory,
    PropositionFactory,
    avancer,
    champs_d_argent,
    hors_fiche,
    ligne_en,
    plafond,
    sommes,
)
from tests.factories_projets import ProjetFactory, champs_de, projet_en
from tests.outils.personnages import ENVELOPPE, PILOTE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("comptes_justes")]
MILLE, CENT = Decimal("1000.00"), Decimal("100.00")


# --- What each act does
def test_de_la_demande_au_solde(reference):
    ligne = FinancementFactory()
    dotation = plafond("5000.00", exercice__enveloppe=ligne.enveloppe)
    for cle, attendu, porte in (
        ("solliciter", (0, 0, 0), 0),
        ("instruire", (0, 0, 0), 0),
        ("programmer", (MILLE, 0, 0), MILLE),
        ("attribuer", (0, MILLE, 0), MILLE),
    ):
        avancer(ligne, cle, dotation=dotation) if cle in ("programmer", "attribuer") else avancer(ligne, cle)
        assert sommes(ligne) == attendu
        dotation.refresh_from_db()
        assert dotation.porte == porte
    avancer(ligne, "verser", montant=Decimal("300.00"))
    avancer(ligne, "augmenter", montant=CENT)
    avancer(ligne, "desengager", montant=Decimal("50.00"))
    assert sommes(ligne) == (0, Decimal("1050.00"), Decimal("300.00"))
    # What the closing payment leaves is released.
    avancer(ligne, "solder", montant=Decimal("700.00"))
    assert sommes(ligne) == (0, MILLE, MILLE)
    avancer(ligne, "reverser", montant=CENT)
    assert sommes(ligne) == (0, Decimal("900.00"), Decimal("900.00"))
    dotation.refresh_from_db()
    assert dotation.porte == Decimal("900.00")
    assert [une.transition for une in ligne.mouvements.all()][-2:] == ["solder", "reverser"]


def test_un_acte_deja_pris_s_enregistre_d_ou_que_l_on_soit(reference):
    for etat in EtatFinancement.avant_attribution():
        ligne = ligne_en(etat)
        avancer(ligne, "attribuer", montant=Decimal("800.00"))
        assert sommes(ligne) == (0, Decimal("800.00"), 0)
        assert ligne.retenu == Decimal("800.00")


@pytest.mark.parametrize("cle", ["declarer-caduc", "annuler", "desengager"])
def test_ce_qui_n_est_pas_verse_revient_a_l_enveloppe(reference, cle):
    ligne = ligne_en(EtatFinancement.ATTRIBUE)
    avancer(ligne, cle)
    assert sommes(ligne) == (0, 0, 0)
    assert ligne.dotation.charge == 0


def test_on_n_annule_pas_ce_qui_est_verse(reference):
    ligne = ligne_en(EtatFinancement.VERSEMENT)
    with pytest.raises(TransitionIncomplete):
        avancer(ligne, "annuler")


def test_un_pret_se_decide_se_signe_se_decaisse():
    dits = [etat.dit(NatureFinancement.PRET) for etat in EtatFinancement.imputes()[:4]]
    assert dits == ["Décidé", "Signé", "En décaissement", "Décaissé"]
    assert EtatFinancement.ATTRIBUE.dit(NatureFinancement.SUBVENTION) == "Attribué"


@pytest.mark.parametrize("etat", CHEMINS)
def test_chaque_etat_s_atteint_et_rien_d_illegal_n_en_sort(reference, etat):
    ligne = ligne_en(etat)
    assert ligne.etat == etat
    par = AdministrateurFactory()
    for transition in Financement.parcours.transitions:
        if etat not in transition.de:
            with pytest.raises(TransitionImpossible, match=r"n'est pas possible|pas ce droit"):
                passer(ligne, transition, par, **champs_d_argent(transition))


@pytest.mark.parametrize(
    ("cle", "montant"), [("attribuer", "0.00"), ("attribuer", "-1.00"), ("verser", "0.00"), ("solder", "-0.01")]
)
def test_un_montant_nul_ou_negatif_est_refuse_a_son_champ(reference, cle, montant):
    ligne = FinancementFactory() if cle == "attribuer" else ligne_en(EtatFinancement.ATTRIBUE)
    with pytest.raises(ValidationError) as refus:
        avancer(ligne, cle, montant=Decimal(montant))
    assert set(refus.value.error_dict) == {"montant"}


@pytest.mark.parametrize(
    ("etat", "cle", "dit"), [("attribue", "desengager", "à désengager"), ("versement", "reverser", "versés")]
)
def test_on_ne_retire_pas_plus_que_ce_qui_est_la(reference, etat, cle, dit):
    with pytest.raises(ValidationError, match=dit):
        avancer(ligne_en(EtatFinancement(etat)), cle, montant=Decimal("1000.01"))


def test_une_decision_n_est_pas_a_venir(reference):
    with pytest.raises(ValidationError, match="à venir"):
        avancer(FinancementFactory(), "attribuer", date=datetime.date(2099, 1, 1))


# --- Where it draws
def test_on_impute_sur_son_enveloppe_sa_region_ou_son_territoire(territoire, voisin):
    enveloppe = EnveloppeFactory()
    exercice = ExerciceFactory(enveloppe=enveloppe)
    refusees = [
        DotationFactory(),
        DotationFactory(exercice=exercice, region_id="44"),
        DotationFactory(exercice=exercice, territoire=voisin),
    ]
    permises = [
        DotationFactory(exercice=exercice),
        DotationFactory(exercice=exercice, region_id=None),
        DotationFactory(exercice=exercice, territoire=territoire),
    ]
    projet = ProjetFactory(territoire=territoire)
    for dotation in refusees:
        with pytest.raises(ValidationError, match="n'est pas celle de ce financement"):
            avancer(FinancementFactory(projet=projet, enveloppe=enveloppe), "programmer", dotation=dotation)
    for dotation in permises:
        avancer(FinancementFactory(projet=projet, enveloppe=enveloppe), "programmer", dotation=dotation)


def test_une_ligne_programmee_garde_son_enveloppe(reference):
    ligne = ligne_en(EtatFinancement.PROGRAMME)
    autre = DotationFactory(exercice__enveloppe=ligne.enveloppe, exercice__annee=2025)
    with pytest.raises(ValidationError, match="déprogrammez-le"):
        avancer(ligne, "attribuer", dotation=autre)
    avancer(ligne, "deprogrammer")
    avancer(ligne, "attribuer", dotation=autre)
    assert ligne.dotation == autre


def test_un_plafond_dit_ce_qui_reste_et_qui_le_change(reference):
    ligne = FinancementFactory()
    dotation = plafond("999.99", exercice__enveloppe=ligne.enveloppe)
    with pytest.raises(PlafondDepasse, match="Il reste 999,99") as refus:
        avancer(ligne, "programmer", dotation=dotation)
    assert "L'opérateur de l'enveloppe et l'équipe nationale peuvent le changer." in str(refus.value)
    assert sommes(ligne) == (0, 0, 0)
    assert not Mouvement.objects.filter(financement=ligne).exists()


@pytest.mark.parametrize(("montant", "genre"), [("1.00", GenreDotation.OBJECTIF), (None, GenreDotation.PLAFOND)])
def test_un_objectif_ou_un_inconnu_ne_bloquent_pas(reference, montant, genre):
    ligne = FinancementFactory()
    dotation = plafond(montant, genre=genre, exercice__enveloppe=ligne.enveloppe)
    avancer(ligne, "programmer", dotation=dotation)
    dotation.refresh_from_db()
    assert dotation.charge == MILLE


def test_hors_contrat_se_signale_et_ne_se_refuse_pas(territoire):
    enveloppe = EnveloppeFactory(inscription_requise=True)
    dehors = FinancementFactory(enveloppe=enveloppe, projet=projet_en(EtatProjet.TRANSMIS, territoire=territoire))
    dedans = FinancementFactory(enveloppe=enveloppe, projet=projet_en(EtatProjet.INSCRIT, territoire=territoire))
    sans_fiche = hors_fiche(territoire, enveloppe=enveloppe)
    dotation = DotationFactory(exercice__enveloppe=enveloppe)
    for ligne in (dehors, dedans, sans_fiche):
        avancer(ligne, "programmer", dotation=dotation)
    assert [ligne.hors_contrat for ligne in (dehors, dedans, sans_fiche)] == [True, False, True]


# --- Ceilings
def test_un_plafond_ne_descend_pas_sous_ce_qu_il_porte(reference):
    ligne = ligne_en(EtatFinancement.ATTRIBUE)
    with pytest.raises(PlafondTropBas, match="porte déjà 1\u202f000,00"):
        plafond("999.99", dotation=ligne.dotation)
    plafond("1000.00", dotation=ligne.dotation)
    assert ligne.dotation.actes.count() == 1


def test_la_part_d_un_territoire_est_prise_sur_celle_de_sa_region(territoire):
    mere = plafond("1000.00")
    part = Dotation(exercice=mere.exercice, region_id=PILOTE, territoire=territoire)
    with pytest.raises(PlafondTropBas, match="à répartir"):
        plafond("1000.01", dotation=part)
    fille = plafond("600.00", dotation=part)
    mere.refresh_from_db()
    assert (mere.reparti, mere.charge) == (600, 600)
    with pytest.raises(PlafondTropBas, match="répartit"):
        plafond("599.99", dotation=mere)
    plafond("100.00", dotation=fille, genre=GenreDotation.OBJECTIF)
    mere.refresh_from_db()
    assert mere.reparti == 0
    assert fille.actes.count() == 2


def test_les_plafonds_restent_dans_ce_qui_est_ouvert(reference):
    exercice = ExerciceFactory()
    plafonds.ouvrir(OuvertureFactory.build(exercice=exercice, saisie_par=None, ae=MILLE), AdministrateurFactory())
    dotation = plafond("600.00", exercice=exercice)
    with pytest.raises(PlafondTropBas, match="Il reste 400,00"):
        plafond("400.01", exercice=exercice, region_id="44")
    moins = OuvertureFactory.build(exercice=exercice, saisie_par=None, genre="revision", ae=Decimal("599.99"))
    with pytest.raises(PlafondTropBas, match="on ne peut pas ouvrir"):
        plafonds.ouvrir(moins, AdministrateurFactory())
    # A revision replaces: it is not added.
    plus = OuvertureFactory.build(exercice=exercice, saisie_par=None, genre="revision", ae=Decimal("700.00"), cp=None)
    plafonds.ouvrir(plus, AdministrateurFactory())
    exercice.refresh_from_db()
    assert (exercice.ouvert_ae, exercice.ouvert_cp, exercice.reparti) == (Decimal("700.00"), None, 600)
    plafond("700.00", dotation=dotation)


def test_qui_fixe_les_enveloppes(personnages, territoire):
    pic = Enveloppe.objects.get(code=ENVELOPPE)
    mere = plafond("1000.00", exercice__enveloppe=pic)
    part = plafond("10.00", dotation=Dotation(exercice=mere.exercice, region_id=PILOTE, territoire=territoire))
    for nom, personne in personnages.items():
        if personne is None:
            continue
        fixables = set(Dotation.objects.modifiables_par(personne).filter(exercice=mere.exercice))
        attendues = {
            "administrateur": {mere, part},
            "opérateur": {mere, part},
            "pilote": {part},
            "agent instructeur": {part},
        }.get(nom, set())
        assert fixables == attendues, nom
    with pytest.raises(PermissionDenied):
        plafond("900.00", dotation=mere, par=personnages["pilote"])


def test_une_region_propose_l_operateur_repond(personnages):
    pic = Enveloppe.objects.get(code=ENVELOPPE)
    une = PropositionFactory.build(exercice=ExerciceFactory(enveloppe=pic), region_id=PILOTE, proposee_par=None)
    with pytest.raises(PermissionDenied):
        plafonds.proposer(une, personnages["pilote voisin"])
    plafonds.proposer(une, personnages["pilote"])
    acte = ActeDeDotation(autorite="operateur", date=LE)
    with pytest.raises(PermissionDenied):
        plafonds.accepter(une, acte, personnages["pilote"])
    plafonds.accepter(une, acte, personnages["opérateur"])
    une.refresh_from_db()
    assert une.sens == "acceptee"
    assert Dotation.objects.get(exercice=une.exercice, region=PILOTE).montant == une.montant
    with pytest.raises(TransitionImpossible):
        plafonds.refuser(une, "Non.", personnages["opérateur"])


# --- The plan of the project
def test_les_sources_ne_depassent_pas_le_cout(territoire, personnages):
    projet = ProjetFactory(territoire=territoire, cout_total=MILLE, cout_total_taxe="ht")
    chef = personnages["chef de projet"]
    ligne = enregistrer(Financement(projet=projet, financeur="porteur", demande=Decimal("600.00")), chef)
    with pytest.raises(SourcesDepassees, match="il manque au plus 400,00"):
        enregistrer(Financement(projet=projet, financeur="epci", demande=Decimal("400.01")), chef)
    ligne.demande = Decimal("500.00")
    enregistrer(ligne, chef)
    projet.refresh_from_db()
    assert projet.sources == Decimal("500.00")
    projet.cout_total = Decimal("499.99")
    with pytest.raises(ValidationError, match="dépassent le coût total"):
        projet.full_clean()


def test_les_subventions_publiques_restent_dans_l_assiette(territoire, personnages):
    projet = ProjetFactory(
        territoire=territoire, cout_total=MILLE, cout_total_taxe="ht", assiette_eligible=CENT, assiette_taxe="ht"
    )
    chef = personnages["chef de projet"]
    enregistrer(Financement(projet=projet, financeur="entreprise", demande=Decimal("500.00")), chef)
    enregistrer(Financement(projet=projet, financeur="epci", nature="pret", demande=Decimal("200.00")), chef)
    with pytest.raises(SourcesDepassees, match="assiette éligible"):
        enregistrer(Financement(projet=projet, financeur="epci", demande=Decimal("100.01")), chef)


def test_une_demande_decidee_ne_change_plus(territoire, personnages):
    ligne = ligne_en(EtatFinancement.PROGRAMME, projet=ProjetFactory(territoire=territoire))
    ligne.demande = Decimal("1.00")
    with pytest.raises(TransitionImpossible, match="« programmé »"):
        enregistrer(ligne, personnages["chef de projet"])
    with pytest.raises(PermissionDenied):
        enregistrer(ligne, personnages["équipe voisine"])


def test_ecrire_la_fiche_ne_touche_pas_aux_sommes(territoire):
    projet = ProjetFactory(territoire=territoire)
    ancien = Projet.objects.get(pk=projet.pk)
    FinancementFactory(projet=projet)
    ancien.titre = "Un autre titre"
    ancien.save()
    assert Projet.objects.get(pk=projet.pk).sources == MILLE


def test_on_n_abandonne_pas_un_projet_dont_l_argent_est_engage(territoire, personnages):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    ligne = ligne_en(EtatFinancement.ATTRIBUE, projet=projet)
    abandonner = projet.parcours.transition("abandonner")
    with pytest.raises(TransitionIncomplete) as refus:
        passer(projet, abandonner, personnages["pilote"], **champs_de(abandonner))
    assert [une.message for une in refus.value.manques] == [
        f"{ligne.financeur_dit} : 1\u202f000,00\u00a0€ restent engagés ou programmés."
    ]
    avancer(ligne, "declarer-caduc")
    passer(projet, abandonner, personnages["pilote"], **champs_de(abandonner))
    with pytest.raises(TransitionImpossible, match="rien ne s'y engage plus"):
        avancer(FinancementFactory(projet=projet), "attribuer")
