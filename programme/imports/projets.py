"""The fiches-actions that a region has already, in any state: each new one comes with the history that led there.

What a pilot may not write on the pages, they may not by a file: see `_refuser_ce_qui_est_a_d_autres`.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count

from comptes.acces import est_administrateur, habilitations
from comptes.parcours import TransitionImpossible
from comptes.rejouer import Histoire, rejouer
from programme.imports import histoires
from programme.imports.colonnes_projets import ATTRIBUTS, COLONNES, EN_CREATION, IDENTITES, LIBELLES, LIENS, SANS_LIEU
from programme.imports.histoires import HistoireRefusee
from programme.imports.reperes import (
    LigneRefusee,
    Reperes,
    autre_bout,
    liens_de,
    territoires_permis,
)
from programme.models import Decision, Mesure, Projet
from tableurs import masse, operations
from tableurs.cellules import afficher
from tableurs.colonnes import Probleme
from tableurs.ecriture.colonnes import en_liste
from tableurs.enums import Seau
from tableurs.francais import enumeration, jour, montant, normaliser
from tableurs.operations import Conflit
from tableurs.ressources import RessourceImport, Verdict, enregistrer, refus
from tableurs.typographie import typographier
from tableurs.valeurs.textes import meme_texte
from territoires.enums import QualiteRegionale
from territoires.models import PiloteRegional, Territoire

LOT = 1000
# Of a project that exists, the region writes these whoever wrote the fiche.
DE_LA_REGION = {"reference_regionale", "non_public_motif"}


@enregistrer
class ImportProjets(RessourceImport):
    cle = "projets"
    nom = "Projets (fiches-actions)"
    colonnes = COLONNES
    modeles = (Projet,)
    attributs = ATTRIBUTS
    demande_un_auteur = True
    lignes_ecrites_sur_le_champ = 500
    effets = (
        "Les projets transmis reçoivent leur numéro, avec l'histoire que dit chaque ligne. Personne n'est averti. Vous "
        "êtes la personne qui les a saisis : une autre personne de votre région les examinera."
    )
    reste = "Les projets créés sont retirés si personne n'y a touché depuis. Leurs numéros ne resservent pas."

    @classmethod
    def ouverte_a(cls, personne):
        """Who decides for a region, for the territories that it leads; administrators."""
        decident = QualiteRegionale.decident()
        return any(
            isinstance(tenue, PiloteRegional) and tenue.qualite in decident for tenue in habilitations(personne)
        ) or est_administrateur(personne)

    def verifier(self, correspondance):
        if not any(cle in correspondance.places for cle in IDENTITES):
            noms = enumeration(f"« {LIBELLES[cle]} »" for cle in IDENTITES).replace(" et ", " ou ")
            texte = f"Il faut une colonne {noms} : sans elle, le même fichier créerait deux fois les mêmes projets."
            yield Probleme("identite", typographier(texte), "reference")

    def valeurs_possibles(self):
        return {
            "territoire": sorted(Territoire.objects.values_list("nom", flat=True), key=normaliser),
            "mesures": list(Mesure.objects.order_by("code").values_list("code", flat=True)),
        }

    # --- Comparing
    def commencer(self, lignes):
        self.reperes = Reperes(self.auteur, lignes)
        self.vus, self.crees = {}, set()

    def comparer(self, ligne):
        try:
            return self._juger(ligne.valeurs)
        except LigneRefusee as refusee:
            return refusee.verdict
        except HistoireRefusee as refusee:
            return refus(refusee.raison, refusee.remede, LIBELLES[refusee.colonne])

    def _juger(self, valeurs):
        territoire = self.reperes.territoire(valeurs["territoire"])
        projet = self.reperes.existant(valeurs, territoire)
        attributs, liens = self._lire(valeurs, territoire)
        libelle = f"{valeurs['titre']} ({self.reperes.territoires[territoire]})"
        identite = projet.pk if projet else (self.reperes.regions.get(territoire), valeurs["reference"])
        lue = repr(sorted(valeurs.items()))
        if identite in self.vus:
            if self.vus[identite] == lue:
                return Verdict(Seau.DOUBLON, libelle)
            raison = "Ce projet est déjà dans ce fichier, avec d'autres valeurs."
            raise LigneRefusee("titre", valeurs["titre"], raison, "Gardez une seule des deux lignes.")
        if projet:
            verdict = self._correction(projet, libelle, valeurs, attributs, liens)
        else:
            verdict = self._creation(territoire, libelle, valeurs, attributs, liens)
        self.vus[identite] = lue
        return verdict

    # --- What a row says
    def _lire(self, valeurs, territoire):
        """Return ({attribute: value}, {relation: keys}) of the fiche, as far as the row tells them."""
        attributs = {
            attribut: "" if valeurs[cle] is None and self._est_un_texte(attribut) else valeurs[cle]
            for cle, attribut in ATTRIBUTS.items()
            if cle in valeurs and (cle != "reference" or valeurs[cle])
        }
        if "porteur_siren" in valeurs:
            siren = valeurs["porteur_siren"]
            attributs["porteur_en_creation"] = siren == EN_CREATION
            attributs["porteur_siren"] = "" if siren in (None, EN_CREATION) else siren
        liens = {}
        if "communes" in valeurs:
            attributs["sans_lieu"] = valeurs["communes"] == SANS_LIEU
            cites = [] if attributs["sans_lieu"] else valeurs["communes"] or []
            liens["communes"] = {self.reperes.commune(nom, territoire) for nom in cites}
        if "mesures" in valeurs:
            liens["mesures"] = {self.reperes.mesure(nom) for nom in valeurs["mesures"] or []}
        if "territoires_associes" in valeurs:
            associes = {self.reperes.associe(nom) for nom in valeurs["territoires_associes"] or []}
            liens["territoires_associes"] = associes - {territoire}
        return attributs, liens

    @staticmethod
    def _est_un_texte(attribut):
        return not Projet._meta.get_field(attribut).null

    # --- A new project
    def _creation(self, territoire, libelle, valeurs, attributs, liens):
        titre = (territoire, normaliser(valeurs["titre"]))
        homonyme = self.reperes.par_titre.get(titre)
        if homonyme or titre in self.crees:
            nom = homonyme.numero or homonyme.cle if homonyme else "une autre ligne de ce fichier"
            raise LigneRefusee(
                "titre",
                valeurs["titre"],
                f"Ce territoire a déjà un projet de ce titre : {nom}.",
                "Si c'est le même, écrivez son numéro ou sa clé ; sinon, distinguez leurs titres.",
            )
        if not valeurs.get("etat"):
            raise LigneRefusee("etat", "", "L'état du projet n'est pas dit.", "Choisissez une valeur de la liste.")
        depuis, pas = histoires.pas_de(valeurs)
        self._verifier(Projet(**attributs))
        dits = {nom: valeur for nom, valeur in valeurs.items() if valeur not in (None, "", [], False)}
        changements = [
            {"champ": _en_minuscule(LIBELLES[nom]), "avant": "", "apres": self._montrer(nom, valeur)}
            for nom, valeur in dits.items()
        ]
        acte = operations.agir(
            projet={nom: operations.valeur_json(valeur) for nom, valeur in attributs.items()},
            territoire=territoire,
            liens={nom: sorted(cles) for nom, cles in liens.items()},
            depuis=depuis and depuis.isoformat(),
            pas=[list(un) for un in pas],
        )
        self.crees.add(titre)
        return Verdict(Seau.CREEE, libelle, changements, operations=[acte])

    @staticmethod
    def _verifier(projet):
        """What the constraints of the database would refuse, at its cell."""
        if projet.debut and projet.fin and projet.fin < projet.debut:
            raise LigneRefusee("fin", projet.fin, "La fin prévue précède le début prévu.", "Corrigez l'une des dates.")
        for nom, taxe in (("cout_total", "cout_total_taxe"), ("assiette_eligible", "assiette_taxe")):
            if (getattr(projet, nom) is None) != (not getattr(projet, taxe)):
                raison = "Un montant se dit HT ou TTC ; sans montant, ni l'un ni l'autre."
                raise LigneRefusee(taxe, getattr(projet, taxe), raison, "Écrivez « HT » ou « TTC », ou videz les deux.")
        cout, assiette = projet.cout_total, projet.assiette_eligible
        if None not in (cout, assiette) and projet.cout_total_taxe == projet.assiette_taxe and assiette > cout:
            raison = "L'assiette éligible dépasse le coût total."
            raise LigneRefusee("assiette_eligible", assiette, raison, "Corrigez l'un des deux montants.")

    def _montrer(self, nom, valeur):
        choix = getattr(next(colonne.valeur for colonne in COLONNES if colonne.cle == nom), "libelles", {})
        if isinstance(valeur, list):
            return en_liste(valeur)
        if isinstance(valeur, Decimal):
            return montant(valeur)
        return choix.get(valeur) or (jour(valeur) if hasattr(valeur, "isoformat") else afficher(valeur))

    # --- One that is there
    def _correction(self, projet, libelle, valeurs, attributs, liens):
        self._refuser_une_autre_histoire(projet, valeurs)
        for nom, cles in liens.items():
            if cles != self.reperes.liens[projet.pk][nom]:
                raise LigneRefusee(
                    nom,
                    "",
                    "Ce n'est pas ce que dit la fiche, et un import ne change pas ces choix d'un projet déjà là.",
                    "Corrigez-les sur la page du projet, ou retirez la colonne.",
                )
        differents = {nom: valeur for nom, valeur in attributs.items() if not meme_texte(getattr(projet, nom), valeur)}
        if not differents:
            return Verdict(Seau.INCHANGEE, libelle)
        self._refuser_ce_qui_est_a_d_autres(projet, differents)
        avant = {nom: getattr(projet, nom) for nom in differents}
        corrige = Projet(**{champ.attname: getattr(projet, champ.attname) for champ in projet._meta.concrete_fields})
        for nom, valeur in differents.items():
            setattr(corrige, nom, valeur)
        corrige.normaliser()
        self._verifier(corrige)
        changements = [
            {
                "champ": str(Projet._meta.get_field(nom).verbose_name),
                "avant": self._dit(nom, avant[nom]),
                "apres": self._dit(nom, valeur),
            }
            for nom, valeur in differents.items()
        ]
        # Whoever has the form open finds out.
        suivis = {"recherche": corrige.recherche, "revision": projet.revision + 1}
        operation = operations.modifier(projet, **differents, **suivis)
        return Verdict(Seau.MODIFIEE, libelle, changements, operations=[operation])

    @staticmethod
    def _dit(nom, valeur):
        if isinstance(valeur, bool):
            return "oui" if valeur else "non"
        if isinstance(valeur, Decimal):
            return montant(valeur)
        return str(dict(Projet._meta.get_field(nom).flatchoices).get(valeur, afficher(valeur)))

    def _refuser_une_autre_histoire(self, projet, valeurs):
        """A state is moved on the page of the project, by those who may: an empty cell says nothing of it."""
        for nom, dite in self.reperes.dites[projet.pk].items():
            if (valeurs.get(nom) or None) not in (None, dite) and not meme_texte(dite or "", valeurs[nom]):
                ici = f"« {self._montrer(nom, dite)} »" if dite else "vide"
                raise LigneRefusee(
                    nom,
                    self._montrer(nom, valeurs[nom]),
                    f"Dans le portail, c'est {ici} : un import ne change ni l'état d'un projet ni son histoire.",
                    "Faites-le sur la page du projet, ou videz la cellule.",
                )

    def _refuser_ce_qui_est_a_d_autres(self, projet, differents):
        interdites = set() if projet.pk in self.reperes.ecrits else set(differents) - DE_LA_REGION
        if interdites:
            noms = [f"« {Projet._meta.get_field(nom).verbose_name} »" for nom in differents if nom in interdites]
            raise LigneRefusee(
                "titre",
                projet.titre,
                f"La fiche est écrite par l'équipe du territoire : un import ne change pas {enumeration(noms)}.",
                "Demandez la correction à l'équipe, ou retirez ces colonnes.",
            )

    # --- Applying
    def agir(self, actes):
        """Create. Rights are asked again, of who applies."""
        actes = list(actes)
        permis = territoires_permis(self.auteur)
        refuses = {acte["territoire"] for acte in actes} - permis
        if refuses:
            noms = enumeration(f"« {un} »" for un in Territoire.objects.filter(pk__in=refuses))
            raise Conflit([f"les projets de {noms}, que vous n'examinez pas"])
        ensemble = [self._histoire(acte) for acte in actes]
        try:
            passages = rejouer(ensemble, self.auteur, self.motif)
        except (TransitionImpossible, ValidationError) as erreur:
            raise Conflit([" ".join(getattr(erreur, "messages", [str(erreur)]))]) from erreur
        for nom in LIENS:
            _relier(nom, [(un.objet.pk, acte["liens"].get(nom, ())) for un, acte in zip(ensemble, actes, strict=True)])
        return [(Projet, un.objet.pk) for un in ensemble] + [(Decision, passage.pk) for passage in passages]

    def _histoire(self, acte):
        valeurs = {nom: Projet._meta.get_field(nom).to_python(valeur) for nom, valeur in acte["projet"].items()}
        projet = Projet(**valeurs, territoire_id=acte["territoire"], saisi_par=self.auteur)
        projet.normaliser()
        etapes = histoires.etapes(acte["pas"], self.auteur)
        depuis = etapes[0].le if etapes else histoires.instant(acte["depuis"])
        projet.cree_le = depuis
        return Histoire(projet, etapes, depuis)

    # --- Undoing
    def revenir(self, creees):
        """Take away what was created, unless somebody touched it since: then nothing goes."""
        cles = operations.cles_creees(creees, Projet)
        if not cles:
            return
        projets = {projet.pk: projet for projet in Projet.objects.select_for_update().filter(pk__in=cles)}
        miens = territoires_permis(self.auteur)
        conflits = [f"« {un} », que vous n'examinez plus" for un in projets.values() if un.territoire_id not in miens]
        siennes = set(operations.cles_creees(creees, Decision))
        decidees = Decision.objects.filter(projet__in=cles).exclude(pk__in=siennes)
        touches = set(decidees.values_list("projet", flat=True))
        versions = Projet.historique.filter(id__in=cles).values("id").annotate(combien=Count("pk"))
        touches |= set(versions.filter(combien__gt=1).values_list("id", flat=True))
        conflits += [f"« {projets[cle]} », où quelqu'un a écrit depuis" for cle in sorted(touches)]
        if conflits:
            raise Conflit(conflits)
        Decision.objects.filter(pk__in=siennes).delete()
        for nom in (*LIENS, "etiquettes"):
            liens_de(nom).filter(projet__in=cles)._raw_delete(Projet.objects.db)
        if conflits := list(operations.utilises(Projet, projets)):
            raise Conflit(conflits)
        masse.historiser(Projet, list(projets.values()), "-", self.auteur, self.motif)
        Projet.objects.filter(pk__in=cles)._raw_delete(Projet.objects.db)


def _en_minuscule(libelle):
    """« coût HT ou TTC », « SIREN du porteur »."""
    return libelle if libelle[1:2].isupper() else libelle[:1].lower() + libelle[1:]


def _relier(relation, liens):
    intermediaire, autre = liens_de(relation).model, autre_bout(relation)
    lignes = [intermediaire(projet_id=cle, **{autre: sien}) for cle, siens in liens for sien in siens]
    intermediaire.objects.bulk_create(lignes, batch_size=LOT)
