"""Addresses of projects. One address an object, public or not: the rule of access says what it shows."""

from django.urls import path

from programme.views import copie, echanges, parcours, pieces, projets, propositions, redaction, suivi, validation

urlpatterns = [
    # Reading
    path("projets/", projets.liste, name="projets"),
    path("projets/nouveau/", redaction.nouveau, name="projet_nouveau"),
    path("projets/<slug:cle>/", projets.fiche, name="projet"),
    # Moving
    path("projets/<slug:cle>/etape/<slug:etape>/", parcours.passer_une_etape, name="projet_etape"),
    # Writing the fiche
    path("projets/<slug:cle>/modifier/", redaction.modifier, name="projet_modifier"),
    path("projets/<slug:cle>/valider/", validation.valider, name="projet_valider"),
    path("projets/<slug:cle>/valider/annuler/", validation.annuler, name="projet_annuler_validation"),
    path("projets/<slug:cle>/dupliquer/", copie.dupliquer, name="projet_dupliquer"),
    path("projets/<slug:cle>/suivre/", suivi.suivre, name="projet_suivre"),
    # What is attached and said
    path("projets/<slug:cle>/pieces/deposer/", pieces.deposer, name="piece_deposer"),
    path("projets/<slug:cle>/pieces/<slug:piece>/", pieces.telecharger, name="piece"),
    path("projets/<slug:cle>/pieces/<slug:piece>/retirer/", pieces.retirer, name="piece_retirer"),
    path("projets/<slug:cle>/echanges/", echanges.discuter, name="projet_echanges"),
    path("projets/<slug:cle>/echanges/<slug:message>/retirer/", echanges.retirer, name="message_retirer"),
    # What a porteur proposes
    path("projets/<slug:cle>/propositions/<slug:proposition>/", propositions.proposition, name="projet_proposition"),
    path(
        "projets/<slug:cle>/propositions/<slug:proposition>/accepter/",
        propositions.accepter,
        name="proposition_accepter",
    ),
    path(
        "projets/<slug:cle>/propositions/<slug:proposition>/refuser/",
        propositions.refuser,
        name="proposition_refuser",
    ),
    path(
        "projets/<slug:cle>/propositions/<slug:proposition>/retirer/",
        propositions.retirer,
        name="proposition_retirer",
    ),
]
