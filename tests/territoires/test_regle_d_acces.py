"""Who sees whom, who names whom: the rule on habilitations, around a territory that two regions share."""

import pytest
from django.contrib.auth.models import AnonymousUser

from comptes.acces import QuerySetPortee, genres
from comptes.models import EquipeNationale, Utilisateur
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional, Region, territoires_de
from tests import factories as f
from tests.outils.personnages import ASSOCIEE, PILOTE, VOISINE

pytestmark = pytest.mark.django_db

NATIONAUX = {"analyste", "auditeur", "administrateur"}
AUTOUR = {
    "chef de projet",
    "lecture",
    "pilote",
    "agent instructeur",
    "pilote d'une région associée",
    "État territorial",
}
SANS_RIEN = ("anonyme", "sans habilitation", "expirée")


def compte(personnages, nom):
    return personnages[nom] or AnonymousUser()


def fraiche(personne):
    """Return the account as another request reads it."""
    return Utilisateur.objects.get(pk=personne.pk)


def qui_suit(personnages, territoire):
    return {nom for nom in personnages if territoires_de(compte(personnages, nom)).filter(pk=territoire.pk).exists()}


def test_un_territoire_est_suivi_de_son_equipe_de_ses_regions_et_de_l_etat(personnages, territoire, voisin):
    assert qui_suit(personnages, territoire) == AUTOUR
    assert qui_suit(personnages, voisin) == {"équipe voisine", "pilote voisin"}


@pytest.mark.parametrize("nom", SANS_RIEN)
@pytest.mark.parametrize("genre", genres(), ids=lambda genre: genre.__name__)
def test_qui_n_a_pas_d_habilitation_ne_voit_que_les_siennes_passees(genre, nom, personnages):
    personne = compte(personnages, nom)
    vues = genre.objects.visibles_par(personne)
    assert {une.personne for une in vues} <= {personne}
    assert not genre.objects.modifiables_par(personne).exists()
    assert not genre.objects.ajoutables_par(personne)


@pytest.mark.parametrize("nom", sorted(NATIONAUX))
@pytest.mark.parametrize("genre", genres(), ids=lambda genre: genre.__name__)
def test_l_equipe_nationale_voit_tout_et_seul_l_administrateur_ecrit(genre, nom, personnages):
    personne = personnages[nom]
    assert genre.objects.visibles_par(personne).count() == genre.objects.count() > 0
    modifiables = genre.objects.modifiables_par(personne)
    assert modifiables.count() == (genre.objects.count() if nom == "administrateur" else 0)
    assert genre.objects.ajoutables_par(personne) == (nom == "administrateur")


@pytest.mark.parametrize("nom", sorted(AUTOUR))
def test_ceux_d_un_territoire_se_voient_entre_eux(nom, personnages):
    personne = personnages[nom]
    attendus = {personnages[autre] for autre in AUTOUR}
    vus = {
        une.personne
        for genre in (PiloteRegional, EtatTerritorial, ActeurLocal)
        for une in genre.objects.visibles_par(personne).en_cours()
    }
    assert attendus <= vus
    assert not vus & {personnages["équipe voisine"], personnages["pilote voisin"]}
    assert set(Utilisateur.objects.visibles_par(personne)) >= attendus
    assert personnages["équipe voisine"] not in Utilisateur.objects.visibles_par(personne)
    assert not EquipeNationale.objects.visibles_par(personne).exists()
    assert not Utilisateur.objects.modifiables_par(personne).exists()


# What each may give: {quality} of a territory's team, then of a region.
NOMMENT = {
    "chef de projet": (set(QualiteTerritoriale.nommees_par_le_chef()), set()),
    "lecture": (set(), set()),
    "pilote": (set(QualiteTerritoriale), set(QualiteRegionale.deleguees())),
    "agent instructeur": (set(QualiteTerritoriale), set()),
    "pilote d'une région associée": (set(), set()),
    "pilote voisin": (set(), set()),
    "équipe voisine": (set(), set()),
    "équipe d'un territoire associé": (set(), set()),
    "porteur": (set(), set()),
    "État territorial": (set(), set()),
    "opérateur": (set(), set()),
    "correspondant d'agence": (set(), set()),
    "correspondant d'une autre agence": (set(), set()),
    "CNER": (set(), set()),
    "fédération": (set(), set()),
    "analyste": (set(), set()),
    "auditeur": (set(), set()),
    "administrateur": (set(QualiteTerritoriale), set(QualiteRegionale)),
    **dict.fromkeys(SANS_RIEN, (set(), set())),
}


@pytest.mark.parametrize("nom", NOMMENT)
def test_qui_nomme_qui_tient_en_une_table(nom, personnages, territoire):
    """As one unsaved row, and as the rows of a query: the same answer."""
    personne = compte(personnages, nom)
    region = Region.objects.get(pk=PILOTE)
    cas = [
        (ActeurLocal, QualiteTerritoriale, {"territoire": territoire}, NOMMENT[nom][0]),
        (PiloteRegional, QualiteRegionale, {"region": region}, NOMMENT[nom][1]),
    ]
    for genre, qualites, portee, attendues in cas:
        donnees = {qualite for qualite in qualites if genre(qualite=qualite, **portee).nommable_par(personne)}
        assert donnees == attendues
        for qualite in qualites:
            une = genre.objects.create(personne=f.UtilisateurFactory(), qualite=qualite, **portee)
            modifiable = genre.objects.modifiables_par(personne).filter(pk=une.pk).exists()
            assert modifiable == (qualite in attendues)
        assert genre.objects.ajoutables_par(personne) == bool(attendues) or nom in (
            "pilote d'une région associée",
            "pilote voisin",
            "équipe voisine",
            "équipe d'un territoire associé",
        )


def test_chaque_personnage_a_sa_ligne_dans_la_table(personnages):
    assert set(NOMMENT) == set(personnages)


def test_la_region_associee_voit_mais_ne_nomme_pas(personnages, territoire):
    associe = personnages["pilote d'une région associée"]
    assert ActeurLocal.objects.visibles_par(associe).filter(territoire=territoire).exists()
    assert not ActeurLocal.objects.modifiables_par(associe).filter(territoire=territoire).exists()
    assert not PiloteRegional.objects.modifiables_par(associe).filter(region_id__in=[PILOTE, VOISINE]).exists()
    assert Region.objects.get(pk=ASSOCIEE) in {une.region for une in PiloteRegional.objects.visibles_par(associe)}


def test_ce_qui_se_termine_cesse_a_la_requete_suivante(personnages, territoire):
    pilote = personnages["pilote"]
    assert territoires_de(fraiche(pilote)).filter(pk=territoire.pk).exists()
    PiloteRegional.objects.get(personne=pilote).retirer()
    assert not territoires_de(fraiche(pilote)).exists()
    assert not ActeurLocal.objects.modifiables_par(fraiche(pilote)).exists()


def test_la_regle_n_ajoute_qu_une_requete_a_toute_une_page(
    personnages, django_assert_num_queries, django_assert_max_num_queries
):
    for nom in personnages:
        # What they hold, read once for all that the page asks.
        with django_assert_max_num_queries(1):
            PiloteRegional.objects.de(compte(personnages, nom))
        with django_assert_num_queries(0):
            lignes = [genre.objects.visibles_par(compte(personnages, nom)) for genre in genres()]
        if nom != "anonyme":
            with django_assert_max_num_queries(len(lignes)):
                for ligne in lignes:
                    list(ligne)


def test_un_modele_sans_regle_n_est_vu_de_personne(personnages):
    """Fail-closed: what `QuerySetPortee` says before a model says otherwise."""
    lignes = QuerySetPortee(Utilisateur)
    for nom in personnages:
        assert not lignes.visibles_par(compte(personnages, nom)).exists()
        assert not lignes.modifiables_par(compte(personnages, nom)).exists()
