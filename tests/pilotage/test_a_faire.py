"""« À faire »: what awaits each person, late first; the count of the header is that of the sentences."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comptes.acces import aujourdhui
from comptes.invitations import inviter
from comptes.models import Courrier, EtatCourrier, Invitation
from comptes.models.invitations import DUREE
from pilotage import a_faire
from pilotage.mes_territoires import SANS_BINOME, SANS_CHEF, MesTerritoires
from tableurs.enums import EtatLot
from tableurs.models import LotImport
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, Territoire
from tests import factories as f

ADRESSE = reverse("a_faire")
A_VERIFIER = {
    "etat": EtatCourrier.A_VERIFIER,
    "a_envoyer_apres": None,
    "reclame_le": timezone.now(),
    "jeton": "jeton",
    "dernier_echec": "La réponse du serveur s'est perdue.",
}


def phrases(personne):
    return [tache.phrase for groupe in a_faire.groupes(personne) for tache in groupe.taches]


def promise(auteur, territoire, il_y_a=0, **champs):
    """Return an invitation to a territory's team, sent so many days ago."""
    qualite = champs.pop("qualite", QualiteTerritoriale.LECTURE)
    adresse = champs.pop("adresse", f"invite{Invitation.objects.count()}@ville.example")
    invitation = inviter(auteur, genre=ActeurLocal, portee=territoire, adresse=adresse, qualite=qualite)
    envoyee = timezone.now() - timedelta(days=il_y_a)
    Invitation.objects.filter(pk=invitation.pk).update(envoyee_le=envoyee, **champs)
    return Invitation.objects.get(pk=invitation.pk)


@pytest.fixture
def complet(territoire):
    """A territory whose team lacks nobody."""
    for qualite in (QualiteTerritoriale.CHEF_DE_PROJET, *QualiteTerritoriale.referents()):
        f.ActeurFactory(territoire=territoire, qualite=qualite)
    return territoire


def chef(territoire):
    return ActeurLocal.objects.get(territoire=territoire, qualite=QualiteTerritoriale.CHEF_DE_PROJET).personne


def test_on_y_arrive_en_se_connectant(client, complet):
    personne = chef(complet)
    personne.set_password("une phrase assez longue")
    personne.save()
    champs = {"login": personne.email, "password": "une phrase assez longue"}
    assert client.post(reverse("account_login"), champs).url == ADRESSE


def test_rien_n_attend_un_chef_dont_l_equipe_est_complete(client, complet):
    client.force_login(chef(complet))
    assert phrases(chef(complet)) == []
    reponse = client.get(ADRESSE)
    assert "Rien ne vous attend" in reponse.text
    assert re.search(r">À faire</a>", reponse.text)


def test_sans_habilitation_la_page_dit_a_qui_en_demander_une(client, db):
    client.force_login(f.UtilisateurFactory())
    reponse = client.get(ADRESSE)
    assert reponse.status_code == 200
    assert "L'équipe" not in reponse.text or "peut vous inviter" in reponse.text
    assert (
        "Vous n&#x27;avez pas d&#x27;habilitation" in reponse.text or "Vous n'avez pas d'habilitation" in reponse.text
    )


def test_le_chef_de_projet_complete_son_binome(complet):
    personne = chef(complet)
    ActeurLocal.objects.get(territoire=complet, qualite=QualiteTerritoriale.ELU_REFERENT).retirer()
    [phrase] = phrases(personne)
    assert phrase.startswith(f"{complet}")
    assert "élu référent" in phrase


def test_qui_est_invite_n_est_plus_a_inviter(complet):
    personne = chef(complet)
    ActeurLocal.objects.get(territoire=complet, qualite=QualiteTerritoriale.ELU_REFERENT).retirer()
    promise(personne, complet, qualite=QualiteTerritoriale.ELU_REFERENT)
    assert phrases(personne) == []


def test_le_pilote_voit_en_une_phrase_les_territoires_sans_chef(personnages, territoire):
    personne = personnages["pilote"]
    siens = MesTerritoires(personne)
    _, [(_, sans_chef), (_, sans_binome)] = siens.compteurs()
    assert sans_chef > 1
    taches = [tache for groupe in a_faire.groupes(personne) for tache in groupe.taches]
    assert [tache.phrase.split("\N{NO-BREAK SPACE}")[0] for tache in taches] == [str(sans_chef), str(sans_binome)]
    # The sentence opens the table on those territories.
    assert taches[0].adresse == f"{ADRESSE}?manque=sans-chef#territoires"
    assert siens.lignes(SANS_CHEF).count() == sans_chef
    assert territoire not in siens.lignes(SANS_CHEF)
    assert territoire in siens.lignes(SANS_BINOME)


def test_le_pilote_d_une_region_associee_n_a_rien_a_nommer_la(personnages, territoire):
    """Only the lead region's pilots decide: the others see."""
    personne = personnages["pilote d'une région associée"]
    assert MesTerritoires(personne).tous.filter(pk=territoire.pk).exists()
    [a_nommer, *_] = [
        source.lignes(personne) for source in a_faire.sources() if source.lignes(personne).model is Territoire
    ]
    assert not a_nommer.filter(pk=territoire.pk).exists()


def test_une_invitation_sans_reponse_est_en_retard_pour_son_auteur(complet):
    personne = chef(complet)
    promise(personne, complet, il_y_a=DUREE.days + 3, adresse="absent@ville.example")
    [groupe] = a_faire.groupes(personne)
    assert groupe.titre == "En retard"
    assert groupe.en_retard
    [tache] = groupe.taches
    assert "absent@ville.example" in tache.phrase
    assert tache.attente == "depuis 3\N{NO-BREAK SPACE}jours"


def test_l_invitation_d_un_collegue_n_attend_que_lui(complet):
    promise(chef(complet), complet, il_y_a=DUREE.days + 3)
    autre = f.PiloteFactory(region=complet.inscriptions.latest("liste__date").region).personne
    assert not [phrase for phrase in phrases(autre) if "@ville.example" in phrase]


def test_un_nouveau_lien_demande_attend_ceux_qui_peuvent_le_donner(complet, voisin):
    promise(chef(complet), complet, il_y_a=DUREE.days + 3, demandee_le=timezone.now())
    pilote = f.PiloteFactory(region=complet.inscriptions.latest("liste__date").region).personne
    for personne in (chef(complet), pilote):
        [groupe] = [groupe for groupe in a_faire.groupes(personne) if groupe.titre == "Cette semaine"]
        assert "demande un nouveau lien" in groupe.taches[0].phrase
        assert groupe.taches[0].attente == "depuis aujourd'hui"
    voisine = f.ActeurFactory(territoire=voisin).personne
    assert not [phrase for phrase in phrases(voisine) if "nouveau lien" in phrase]


@pytest.mark.parametrize(("dans", "dite"), [(30, True), (31, False)])
def test_une_habilitation_qui_finit_s_annonce_un_mois_avant(complet, dans, dite):
    tenue = f.ActeurFactory(
        territoire=complet, qualite=QualiteTerritoriale.MAIRE, au=aujourdhui() + timedelta(days=dans)
    )
    assert bool([phrase for phrase in phrases(tenue.personne) if "prend fin" in phrase]) == dite


def test_un_import_depose_attend_son_auteur(db):
    personne, autre = f.AdministrateurFactory(), f.AdministrateurFactory()
    LotImport.objects.create(
        ressource="mesures", nom_fichier="mesures.xlsx", taille=1, etat=EtatLot.A_VERIFIER, depose_par=personne
    )
    assert [phrase for phrase in phrases(personne) if "« mesures.xlsx »" in phrase]
    assert phrases(autre) == []


def test_les_courriels_douteux_attendent_les_administrateurs(db):
    administrateur, analyste = f.AdministrateurFactory(), f.AnalysteFactory()
    for _ in range(2):
        f.CourrierFactory(**A_VERIFIER)
    [phrase] = phrases(administrateur)
    assert phrase.startswith("2\N{NO-BREAK SPACE}courriels")
    assert phrases(analyste) == []


def test_l_entete_compte_les_phrases(client, personnages):
    f.CourrierFactory(**A_VERIFIER)
    f.CourrierFactory(**A_VERIFIER)
    promise(personnages["chef de projet"], ActeurLocal.objects.de(personnages["chef de projet"]).get().territoire, 20)
    vus = set()
    for nom, personne in personnages.items():
        if personne is None:
            continue
        combien = len(phrases(personne))
        assert a_faire.nombre(personne) == combien, nom
        client.force_login(personne)
        texte = client.get(reverse("accueil")).text
        assert (f"À faire ({combien})" in texte) == bool(combien), nom
        vus.add(combien)
    assert len(vus) > 2


def test_en_qualite_de_compte_ce_que_l_habilitation_demande(complet):
    """The count that is composed once for everybody knows nothing of a chosen capacity."""
    personne = chef(complet)
    f.PiloteFactory(personne=personne, region=complet.inscriptions.latest("liste__date").region)
    avec = a_faire.nombre(personne)
    personne.en_qualite_de = ActeurLocal.objects.de(personne).get()
    assert a_faire.nombre(personne) == 0 < avec


def test_un_filtre_du_tableau_ne_garde_que_ce_qui_manque(client, personnages):
    client.force_login(personnages["pilote"])
    tous, sans_chef = client.get(f"{ADRESSE}?vue=equipes"), client.get(f"{ADRESSE}?manque=sans-chef")
    assert "Bresle" in tous.text.partition("<table")[2]
    assert "Bresle" not in sans_chef.text.partition("<table")[2]
    assert client.get(f"{ADRESSE}?tri=-region&manque=nimporte").status_code == 200


def test_les_requetes_ne_croissent_ni_avec_les_taches_ni_avec_les_territoires(client, personnages, territoire):
    client.force_login(personnages["pilote"])

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(ADRESSE).status_code == 200
        return len(requetes)

    for _ in range(2):
        promise(personnages["pilote"], territoire, il_y_a=20)
    deux = compter()
    for _ in range(28):
        promise(personnages["pilote"], territoire, il_y_a=20)
    assert compter() == deux <= 34


def test_le_compte_garde_de_l_entete_suit_ce_qui_change(client, complet):
    """What the header keeps is exact: a change made elsewhere is in the next page."""
    personne = chef(complet)
    client.force_login(personne)
    accueil = reverse("accueil")
    assert "À faire<" in client.get(accueil).text
    elu = ActeurLocal.objects.get(territoire=complet, qualite=QualiteTerritoriale.ELU_REFERENT)
    elu.retirer()
    assert "À faire (1)" in client.get(accueil).text
    invitation = promise(personne, complet, qualite=QualiteTerritoriale.ELU_REFERENT)
    assert "À faire<" in client.get(accueil).text
    invitation.etat, invitation.annulee_le, invitation.annulee_par = "annulee", timezone.now(), personne
    invitation.save()
    assert "À faire (1)" in client.get(accueil).text
    LotImport.objects.create(
        ressource="mesures", nom_fichier="a.xlsx", taille=1, etat=EtatLot.A_VERIFIER, depose_par=personne
    )
    assert "À faire (2)" in client.get(accueil).text


def test_chaque_source_gardee_nomme_ce_dont_elle_depend():
    """A model without a history would be kept for ever."""
    for source in a_faire.sources():
        assert all(hasattr(modele, "historique") for modele in source.modeles)
    assert {LotImport, Courrier}.isdisjoint(a_faire.modeles_suivis())


def test_la_ou_une_equipe_manque_de_quelqu_un_on_invite_depuis_la_ligne(client, personnages, territoire):
    """The sentence « invitez » leads to the table: each row then leads to the form, to those who may."""
    lien = f"{reverse('inviter')}?genre=equipe-du-territoire&amp;portee={territoire.slug}"
    cas = {"pilote": True, "pilote d'une région associée": False, "lecture": False, "État territorial": False}
    for nom, attendu in cas.items():
        client.force_login(personnages[nom])
        html = client.get(reverse("a_faire"), {"manque": "sans-binome"}).content.decode()
        assert territoire.slug in html, nom
        assert (lien in html) is attendu, nom
    for nom, attendu in {"administrateur": True, "auditeur": False}.items():
        client.force_login(personnages[nom])
        assert ("&amp;portee=" in client.get(reverse("a_faire"), {"vue": "equipes"}).content.decode()) is attendu, nom
    client.force_login(personnages["pilote"])
    assert client.get(lien.replace("&amp;", "&")).context["formulaire"]["territoire"].initial == territoire
