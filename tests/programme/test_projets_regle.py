"""Who sees and writes which projects: the rule, for each person of the cast, in each state."""

import pytest
from django.contrib.auth.models import AnonymousUser

from comptes.acces import habilitations
from comptes.mes_donnees import rassembler
from comptes.models import Utilisateur
from comptes.parcours import TransitionIncomplete, passer
from programme.archivage import archiver
from programme.enums import EtatProjet, QualitePorteur
from programme.models import Decision, Etiquette, Frein, Indicateur, Jalon, Porteur, Projet, Releve
from territoires.enums import QualiteEtat, QualiteTerritoriale
from territoires.models import Departement, Region
from tests import factories as f
from tests.factories_projets import (
    EtiquetteFactory,
    FreinFactory,
    IndicateurFactory,
    JalonFactory,
    PorteurFactory,
    ReleveFactory,
    projet_en,
)
from tests.outils.personnages import PILOTE, VOISINE

pytestmark = pytest.mark.django_db

TOUT = set(EtatProjet)
PUBLICS = {"inscrit", "inscrit_reserve", "realisation", "suspendu", "realise", "abandonne"}
BROUILLONS = {"idee", "preparation"}
REDIGEABLES = {"idee", "preparation", "a_completer"}
SUIVIS = {"inscrit", "inscrit_reserve", "realisation", "suspendu"}
NATIONAUX = ("analyste", "auditeur", "administrateur")
# States of the territory's projects that each sees; the others see what anyone sees.
VOIENT = {
    **dict.fromkeys(
        ("chef de projet", "lecture", "pilote", "agent instructeur", "pilote d'une région associée", *NATIONAUX), TOUT
    ),
    "État territorial": TOUT - BROUILLONS,
}
REDIGENT = {"chef de projet": REDIGEABLES, "administrateur": TOUT}
SUIVENT = {
    "chef de projet": SUIVIS,
    "pilote": SUIVIS,
    "agent instructeur": SUIVIS,
    "administrateur": TOUT,
}


def compte(personnages, nom):
    return personnages[nom] or AnonymousUser()


@pytest.fixture
def projets(territoire):
    """One in each state, nobody's in particular."""
    return {etat: projet_en(etat, territoire=territoire) for etat in EtatProjet}


def etats(requete, projets):
    return set(requete.filter(pk__in=[projet.pk for projet in projets.values()]).values_list("etat", flat=True))


def test_chacun_voit_les_projets_que_dit_la_regle(projets, personnages):
    for nom in personnages:
        vus = etats(Projet.objects.visibles_par(compte(personnages, nom)), projets)
        assert vus == VOIENT.get(nom, PUBLICS), nom
        connus = etats(Projet.objects.connus_par(compte(personnages, nom)), projets)
        assert connus == VOIENT.get(nom, set()), nom


def test_chacun_ecrit_ce_que_dit_la_regle(projets, personnages):
    for nom in personnages:
        personne = compte(personnages, nom)
        assert etats(Projet.objects.redigeables_par(personne), projets) == REDIGENT.get(nom, set()), nom
        assert etats(Projet.objects.suivables_par(personne), projets) == SUIVENT.get(nom, set()), nom
        modifiables = REDIGENT.get(nom, set()) | SUIVENT.get(nom, set())
        if nom in ("pilote", "agent instructeur"):
            modifiables = TOUT
        assert etats(Projet.objects.modifiables_par(personne), projets) == modifiables, nom


def test_qui_ecrit_un_projet_le_voit(projets, personnages):
    """Nothing is written blind: each rule stays inside what is known."""
    regles = ("modifiables_par", "validables_par", "transmissibles_par", "instruisibles_par", "conduits_par")
    for nom in personnages:
        personne = compte(personnages, nom)
        connus = Projet.objects.connus_par(personne)
        for regle in (*regles, "montants_visibles_par"):
            permis = getattr(Projet.objects, regle)(personne)
            dehors = permis.exclude(pk__in=connus.values("pk"))
            assert not dehors.exclude(etat__in=PUBLICS).exists(), (nom, regle)
            if regle != "montants_visibles_par":
                assert not dehors.exists(), (nom, regle)


@pytest.mark.parametrize("qualite", QualiteTerritoriale)
def test_dans_l_equipe_chaque_fonction_a_ses_droits(qualite, territoire, projets):
    personne = f.ActeurFactory(territoire=territoire, qualite=qualite).personne
    redige = qualite in ("chef_de_projet", "maire", "president_epci", "elu_referent")
    valide = qualite in ("chef_de_projet", "elu_referent", "industriel_referent")
    assert etats(Projet.objects.visibles_par(personne), projets) == TOUT
    assert etats(Projet.objects.redigeables_par(personne), projets) == (REDIGEABLES if redige else set())
    assert etats(Projet.objects.validables_par(personne), projets) == (REDIGEABLES if valide else set())
    assert Projet.objects.ajoutables_par(personne) == redige


# Who is of an associated territory, its region or the State there does none of these.
N_ECRIVENT_PAS = (
    "modifiables_par",
    "redigeables_par",
    "completables_par",
    "suivables_par",
    "proposables_par",
    "validables_par",
    "transmissibles_par",
    "instruisibles_par",
    "conduits_par",
    "actualisables_par",
    "archivables_par",
)


def test_un_territoire_associe_voit_tout_et_n_ecrit_rien(personnages, territoire, voisin):
    brouillon = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    for projet in (brouillon, transmis):
        projet.territoires_associes.add(voisin)
    etat_voisin = f.EtatFactory(region=Region.objects.get(pk=VOISINE)).personne
    for personne, attendus in (
        (personnages["équipe voisine"], {brouillon, transmis}),
        (personnages["pilote voisin"], {brouillon, transmis}),
        (etat_voisin, {transmis}),
    ):
        assert set(Projet.objects.connus_par(personne)) == attendus
        for regle in N_ECRIVENT_PAS:
            assert not getattr(Projet.objects, regle)(personne).exists(), regle


def test_l_etat_d_un_departement_voit_les_transmis_de_son_departement(projets, territoire):
    dedans, dehors = Departement.objects.get(pk="76"), Departement.objects.get(pk="88")
    for departement, attendus in ((dedans, TOUT - BROUILLONS), (dehors, PUBLICS)):
        personne = f.EtatFactory(departement=departement, region=None, qualite=QualiteEtat.DREETS).personne
        assert etats(Projet.objects.visibles_par(personne), projets) == attendus


def test_l_etat_ne_revoit_pas_une_fiche_revenue_en_preparation_ni_retiree_avant_d_etre_transmise(
    personnages, territoire
):
    etat = personnages["État territorial"]
    revenu = projet_en(EtatProjet.NON_INSCRIT, territoire=territoire)
    assert Projet.objects.visibles_par(etat).filter(pk=revenu.pk).exists()
    passer(revenu, "reprendre-la-fiche", personnages["chef de projet"])
    retire = projet_en(EtatProjet.IDEE, territoire=territoire)
    passer(retire, "retirer", personnages["chef de projet"], motif="x")
    assert not Projet.objects.visibles_par(etat).filter(pk__in=[revenu.pk, retire.pk]).exists()


@pytest.mark.parametrize("qualite", QualitePorteur)
def test_un_porteur_ne_connait_que_son_projet(qualite, territoire, projets):
    for etat, projet in projets.items():
        personne = PorteurFactory(projet=projet, qualite=qualite).personne
        assert list(Projet.objects.connus_par(personne)) == [projet]
        ecrit = qualite == QualitePorteur.REDACTION
        assert Projet.objects.modifiables_par(personne).exists() == (ecrit and etat in SUIVIS)
        assert Projet.objects.proposables_par(personne).exists() == (ecrit and etat in REDIGEABLES)
        assert not Projet.objects.ajoutables_par(personne)


def test_un_projet_archive_ne_s_ecrit_plus(territoire, personnages):
    projet = projet_en(EtatProjet.NON_INSCRIT, territoire=territoire)
    chef = personnages["chef de projet"]
    regles = ("discutables_par", "documentables_par", "archivables_par")
    assert all(getattr(Projet.objects, regle)(chef).filter(pk=projet.pk).exists() for regle in regles)
    archiver(projet, chef)
    for regle in (*regles, "redigeables_par", "validables_par", "actualisables_par"):
        assert not getattr(Projet.objects, regle)(chef).filter(pk=projet.pk).exists(), regle
    with pytest.raises(TransitionIncomplete) as refus:
        passer(projet, "reprendre-la-fiche", chef)
    assert "archivé" in refus.value.manques[0].message


def test_une_raison_de_ne_pas_montrer_ferme_la_page_publique(territoire, personnages):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, non_public_motif="Cotation en cours.")
    for nom in ("anonyme", "équipe voisine", "porteur"):
        assert not Projet.objects.visibles_par(compte(personnages, nom)).filter(pk=projet.pk).exists()
    assert Projet.objects.visibles_par(personnages["lecture"]).filter(pk=projet.pk).exists()
    assert not Projet.objects.publics().filter(pk=projet.pk).exists()
    assert not projet.est_public


def test_le_secret_des_affaires_cache_les_montants_a_presque_tous(territoire, personnages):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, montants_secrets=True)
    ouvert = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    porteur = PorteurFactory(projet=projet).personne
    maire = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    dans_le_secret = {
        "chef de projet",
        "pilote",
        "agent instructeur",
        "pilote d'une région associée",
        "État territorial",
        *NATIONAUX,
    }
    personnes = {nom: compte(personnages, nom) for nom in personnages} | {"ce porteur": porteur, "maire": maire}
    for nom, personne in personnes.items():
        montres = Projet.objects.montants_visibles_par(personne)
        assert montres.filter(pk=projet.pk).exists() == (nom in dans_le_secret | {"ce porteur"}), nom
        assert montres.filter(pk=ouvert.pk).exists(), nom


def test_ce_que_contient_un_projet_suit_le_projet(territoire, personnages):
    """Its parts and its journal: read by whoever knows it, whether it is public or not."""
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    indicateur = IndicateurFactory(projet=projet)
    for modele, objet in (
        (Frein, FreinFactory(projet=projet)),
        (Jalon, JalonFactory(projet=projet)),
        (Indicateur, indicateur),
        (Releve, ReleveFactory(indicateur=indicateur)),
        (Decision, projet.decisions.first()),
    ):
        for nom in personnages:
            personne = compte(personnages, nom)
            assert modele.objects.visibles_par(personne).filter(pk=objet.pk).exists() == (nom in VOIENT), nom
            ecrit = nom in SUIVENT and modele is not Decision
            assert modele.objects.modifiables_par(personne).filter(pk=objet.pk).exists() == ecrit, nom


def test_les_etiquettes_sont_a_leur_region(personnages):
    etiquette = EtiquetteFactory(region=Region.objects.get(pk=PILOTE))
    voient = {"pilote", "agent instructeur", *NATIONAUX}
    ecrivent = {"pilote", "agent instructeur", "administrateur"}
    for nom in personnages:
        personne = compte(personnages, nom)
        assert Etiquette.objects.visibles_par(personne).filter(pk=etiquette.pk).exists() == (nom in voient), nom
        assert Etiquette.objects.modifiables_par(personne).filter(pk=etiquette.pk).exists() == (nom in ecrivent), nom


def test_le_porteur_est_connu_de_qui_connait_son_projet(personnages):
    """An idea: not of the State."""
    une = Porteur.objects.get(personne=personnages["porteur"])
    voient = {*VOIENT, "porteur"} - {"État territorial"}
    for nom in personnages:
        vu = Porteur.objects.visibles_par(compte(personnages, nom)).filter(pk=une.pk).exists()
        assert vu == (nom in voient), nom
        nommable = Porteur(projet=une.projet, qualite="lecture").nommable_par(compte(personnages, nom))
        assert nommable == (nom in {"chef de projet", "pilote", "agent instructeur", "administrateur"}), nom


def test_un_droit_qui_finit_cesse_aussitot(territoire, personnages):
    une = Porteur.objects.get(personne=personnages["porteur"])
    une.retirer()
    personne = Utilisateur.objects.get(pk=une.personne_id)
    assert not Projet.objects.connus_par(personne).exists()


def test_la_regle_n_ajoute_aucune_requete_a_celle_de_ce_qu_on_tient(
    personnages, projets, django_assert_max_num_queries
):
    regles = ("visibles_par", "connus_par", "modifiables_par", "redigeables_par", "montants_visibles_par")
    for nom in personnages:
        if nom != "anonyme":
            habilitations(personnages[nom])
            with django_assert_max_num_queries(len(regles)):
                for regle in regles:
                    list(getattr(Projet.objects, regle)(personnages[nom]))


def test_mes_donnees_ne_disent_pas_ce_qu_un_projet_est_devenu(territoire):
    """Whoever entered a project may no longer see it."""
    auteur = f.UtilisateurFactory()
    projet_en(EtatProjet.INSCRIT, territoire=territoire, saisi_par=auteur, titre="Une usine", cout_total="987654.00")
    dit = str(rassembler(auteur))
    assert "Une usine" in dit
    for tu in ("987654", "Un contexte.", "Inscrit au contrat'"):
        assert tu not in dit.replace("'nouvel état': 'Inscrit au contrat'", "")


def test_qui_a_acces_au_territoire_ne_nomme_pas_les_porteurs(personnages, territoire):
    """The State reads that page, and never sees drafts."""
    assert not Porteur.objects.couvrant([territoire.pk]).exists()
