"""Addresses of projects. One address an object, public or not: the rule of access says what it shows."""

from django.urls import path

from programme.views import (
    actualisations,
    archivage,
    avis,
    campagnes,
    carte,
    comites,
    contrats,
    copie,
    decisions,
    documents,
    documents_signes,
    echanges,
    ecrire,
    ensemble,
    historique,
    parcours,
    perimetres,
    pieces,
    projets,
    propositions,
    redaction,
    restriction,
    suivi,
    validation,
    vues,
)

DOSSIER, RELEVE = {"quoi": "dossier"}, {"quoi": "releve"}
urlpatterns = [
    # Reading
    path("projets/", projets.liste, name="projets"),
    path("projets/carte/", carte.carte, name="projets_carte"),
    path("projets/ecrire/", ecrire.ecrire_aux_chefs, name="projets_ecrire"),
    # One's own views of the list; the same act on several of its rows
    path("projets/vues/", vues.liste, name="vues"),
    path("projets/vues/nouvelle/", vues.nouvelle, name="vue_nouvelle"),
    path("projets/vues/<slug:cle>/modifier/", vues.modifier, name="vue_modifier"),
    path("projets/vues/<slug:cle>/remplacer/", vues.remplacer, name="vue_remplacer"),
    path("projets/vues/<slug:cle>/supprimer/", vues.supprimer, name="vue_supprimer"),
    path("projets/ensemble/", ensemble.apercu, name="projets_ensemble"),
    path("projets/ensemble/appliquer/", ensemble.appliquer, name="projets_ensemble_appliquer"),
    path("projets/ensemble/fait/", ensemble.fait, name="projets_ensemble_fait"),
    path("projets/nouveau/", redaction.nouveau, name="projet_nouveau"),
    path("projets/<slug:cle>/", projets.fiche, name="projet"),
    path("projets/<slug:cle>/historique/", historique.historique, name="projet_historique"),
    path("projets/<slug:cle>/public/", restriction.restriction, name="projet_restreindre"),
    # Moving
    path("projets/<slug:cle>/etape/<slug:etape>/", parcours.passer_une_etape, name="projet_etape"),
    path("projets/<slug:cle>/avis/", avis.donner, name="projet_avis"),
    # Writing the fiche
    path("projets/<slug:cle>/modifier/", redaction.modifier, name="projet_modifier"),
    path("projets/<slug:cle>/valider/", validation.valider, name="projet_valider"),
    path("projets/<slug:cle>/valider/annuler/", validation.annuler, name="projet_annuler_validation"),
    path("projets/<slug:cle>/dupliquer/", copie.dupliquer, name="projet_dupliquer"),
    path("projets/<slug:cle>/suivre/", suivi.suivre, name="projet_suivre"),
    # Once it is inscribed, once it has ended
    path("projets/<slug:cle>/actualiser/", actualisations.actualiser, name="projet_actualiser"),
    path(
        "projets/<slug:cle>/actualisations/<slug:actualisation>/",
        actualisations.actualisation,
        name="projet_actualisation",
    ),
    path(
        "projets/<slug:cle>/actualisations/<slug:actualisation>/etape/<slug:etape>/",
        actualisations.franchir_une_etape,
        name="actualisation_etape",
    ),
    path("projets/<slug:cle>/archiver/", archivage.archiver, name="projet_archiver"),
    path("projets/<slug:cle>/desarchiver/", archivage.desarchiver, name="projet_desarchiver"),
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
    # Campaigns of follow-up
    path("campagnes/", campagnes.liste, name="campagnes"),
    path("campagnes/nouvelle/", campagnes.nouvelle, name="campagne_nouvelle"),
    path("campagnes/<slug:cle>/", campagnes.campagne, name="campagne"),
    path("campagnes/<slug:cle>/saisir/", campagnes.saisir, name="campagne_saisir"),
    path("campagnes/<slug:cle>/coller/", campagnes.coller, name="campagne_coller"),
    path("campagnes/<slug:cle>/classeur.<slug:format_demande>", campagnes.classeur, name="campagne_classeur"),
    path("campagnes/<slug:cle>/modifier/", campagnes.modifier, name="campagne_modifier"),
    path("campagnes/<slug:cle>/clore/", campagnes.fermer, name="campagne_clore"),
    # Committees
    path("comites/", comites.liste, name="comites"),
    path("comites/nouveau/", comites.nouveau, name="comite_nouveau"),
    path("comites/<slug:cle>/", comites.fiche, name="comite"),
    path("comites/<slug:cle>/modifier/", comites.modifier, name="comite_modifier"),
    path("comites/<slug:cle>/ordre-du-jour/", comites.ordre_du_jour, name="comite_ordre_du_jour"),
    path("comites/<slug:cle>/decisions/", decisions.saisir, name="comite_decisions"),
    path("comites/<slug:cle>/decisions/appliquer/", decisions.appliquer, name="comite_appliquer"),
    path("comites/<slug:cle>/dossier/", documents.page, DOSSIER, name="comite_dossier"),
    path("comites/<slug:cle>/dossier.<slug:extension>", documents.fichier, DOSSIER, name="comite_dossier_fichier"),
    path("comites/<slug:cle>/releve/", documents.page, RELEVE, name="comite_releve"),
    path(
        "comites/<slug:cle>/releve.<slug:extension>",
        documents.fichier,
        {"quoi": "releve"},
        name="comite_releve_fichier",
    ),
    path("comites/<slug:cle>/clore/", comites.clore, name="comite_clore"),
    path("comites/<slug:cle>/rouvrir/", comites.rouvrir, name="comite_rouvrir"),
    # Contracts
    path("contrats/", contrats.liste, name="contrats"),
    path("contrats/nouveau/", contrats.nouveau, name="contrat_nouveau"),
    path("contrats/<slug:cle>/modifier/", contrats.modifier, name="contrat_modifier"),
    path("contrats/<slug:cle>/document/", documents_signes.deposer, name="contrat_document"),
    path("documents/<slug:cle>/", documents_signes.telecharger, name="document_signe"),
    # Perimeter requests
    path("perimetres/", perimetres.liste, name="perimetres"),
    path("perimetres/nouveau/", perimetres.nouveau, name="perimetre_nouveau"),
    path("perimetres/<slug:cle>/", perimetres.fiche, name="perimetre"),
    path("perimetres/<slug:cle>/modifier/", perimetres.modifier, name="perimetre_modifier"),
    path("perimetres/<slug:cle>/deliberer/", perimetres.deliberer, name="perimetre_deliberer"),
    path(
        "perimetres/<slug:cle>/deliberations/<slug:deliberation>/retirer/",
        perimetres.retirer_la_deliberation,
        name="deliberation_retirer",
    ),
    path("perimetres/<slug:cle>/etape/<slug:etape>/", perimetres.passer_une_etape, name="perimetre_etape"),
]
