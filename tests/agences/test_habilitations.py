"""Who sees whom, who names whom, who writes what around agencies."""

import pytest

from agences.enums import QualiteAgence, QualiteCner, QualiteFederation
from agences.models import Agence, Cner, Correspondant, Federation, MembreFederation
from comptes.acces import exige_second_facteur
from comptes.effacement import anonymiser
from comptes.models import Utilisateur
from comptes.pages_publiques import version
from tests.factories import UtilisateurFactory
from tests.factories_agences import (
    AgenceFactory,
    CnerFactory,
    CorrespondantFactory,
    DesserteFactory,
    MembreFederationFactory,
)

pytestmark = pytest.mark.django_db
AGENCE, VOISINE, CNER, FEDERATION = (
    "correspondant d'agence",
    "correspondant d'une autre agence",
    "CNER",
    "fédération",
)
NATIONAUX = {"analyste", "auditeur", "administrateur"}
# What each may give: on the agency of the correspondent, on the federation of the cast.
NOMMENT = {
    AGENCE: ({QualiteAgence.LECTURE}, set()),
    VOISINE: (set(), set()),
    CNER: (set(QualiteAgence), set(QualiteFederation)),
    FEDERATION: (set(), set()),
    "pilote": (set(), set()),
    "chef de projet": (set(), set()),
    "analyste": (set(), set()),
    "administrateur": (set(QualiteAgence), set(QualiteFederation)),
}


def agence_de(personnages):
    return Agence.objects.get(correspondants__personne=personnages[AGENCE])


@pytest.mark.parametrize("nom", NOMMENT)
def test_qui_nomme_qui(nom, personnages):
    """As one unsaved row, and as the rows of a query: the same answer."""
    personne = personnages[nom]
    federation = Federation.objects.get(membres__personne=personnages[FEDERATION])
    cas = (
        (Correspondant, QualiteAgence, {"agence": agence_de(personnages)}, NOMMENT[nom][0]),
        (MembreFederation, QualiteFederation, {"federation": federation}, NOMMENT[nom][1]),
    )
    for genre, qualites, portee, attendues in cas:
        assert {une for une in qualites if genre(qualite=une, **portee).nommable_par(personne)} == attendues
        for qualite in qualites:
            une = genre.objects.create(personne=UtilisateurFactory(), qualite=qualite, **portee)
            assert genre.objects.modifiables_par(personne).filter(pk=une.pk).exists() == (qualite in attendues)
    assert Cner(qualite=QualiteCner.LECTURE).nommable_par(personne) == (nom == "administrateur")


def test_qui_lit_les_coordonnees_et_qui_les_ecrit(personnages):
    agence = agence_de(personnages)
    personnages["lecteur"] = CorrespondantFactory(agence=agence, qualite=QualiteAgence.LECTURE).personne
    personnages["lecteur du CNER"] = CnerFactory(qualite=QualiteCner.LECTURE).personne
    regles = {
        "coordonnees_vues_par": {AGENCE, CNER, "lecteur", "lecteur du CNER"} | NATIONAUX,
        "coordonnees_modifiables_par": {AGENCE, CNER, "analyste", "administrateur"},
        "modifiables_par": {CNER, "analyste", "administrateur"},
    }
    for regle, attendus in regles.items():
        ceux = {
            nom
            for nom, personne in personnages.items()
            if personne and getattr(Agence.objects, regle)(personne).filter(pk=agence.pk).exists()
        }
        assert ceux == attendus, regle


def test_qui_se_voit(personnages):
    for nom, vus, caches in (
        (AGENCE, {AGENCE, CNER}, {VOISINE, FEDERATION, "pilote"}),
        (CNER, {AGENCE, VOISINE, CNER, FEDERATION}, {"pilote", "analyste"}),
        (FEDERATION, {FEDERATION}, {AGENCE, CNER}),
        ("pilote", {"pilote"}, {AGENCE, CNER, FEDERATION}),
    ):
        visibles = set(Utilisateur.objects.visibles_par(personnages[nom]))
        assert {personnages[un] for un in vus} <= visibles
        assert not {personnages[un] for un in caches} & visibles


def test_le_second_facteur_n_est_demande_qu_au_cner(personnages):
    assert [exige_second_facteur(personnages[nom]) for nom in (AGENCE, CNER, FEDERATION)] == [False, True, False]


def test_les_correspondants_d_une_region_sont_ceux_de_ses_agences(reference):
    dedans, dehors = CorrespondantFactory(), CorrespondantFactory()
    DesserteFactory(agence=dedans.agence, region_id="32")
    DesserteFactory(agence=dehors.agence, region_id="44")
    assert list(Correspondant.objects.de_la_region("32")) == [dedans]


def test_une_agence_habilitee_ne_disparait_pas():
    correspondant = CorrespondantFactory()
    with pytest.raises(Exception, match="protected"):
        correspondant.agence.delete()


def test_ce_qu_une_agence_dit_de_quelqu_un_part_avec_son_compte():
    personne = MembreFederationFactory().personne
    agence = AgenceFactory(courriel=personne.email, telephone="01 99 00 00 00")
    autre = AgenceFactory(courriel="contact@exemple.example", telephone="01 99 00 00 01")
    avant = version((Agence,))
    anonymiser(personne)
    agence.refresh_from_db()
    autre.refresh_from_db()
    assert (agence.courriel, agence.telephone) == ("", "")
    assert autre.courriel
    assert version((Agence,)) != avant
    assert not Agence.historique.filter(courriel=personne.email).exists()
    assert not Agence.historique.filter(id=agence.pk, telephone__contains="99").exists()
