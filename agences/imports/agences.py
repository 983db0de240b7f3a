"""Agencies and their areas, from one table: a row an agency, told by its SIREN, its page or its name."""

from collections import defaultdict
from datetime import timedelta

from django.core.exceptions import ValidationError

from agences.enums import NiveauAgence
from agences.imports.lieux import GENRES, Inconnu, Lieux
from agences.models import Agence, Desserte
from agences.models.organismes import slug_libre
from comptes.acces import aujourdhui
from tableurs import operations
from tableurs.colonnes import Colonne
from tableurs.enums import Seau
from tableurs.francais import enumeration, normaliser
from tableurs.ressources import RessourceModele, enregistrer, refus
from tableurs.valeurs import Choix, Courriel, Date, ListeDe, Siren, Texte
from territoires.models import Region

# What is written without being a column: seen nowhere.
DERIVES = {"slug", "nom_normalise"}


@enregistrer
class ImportAgences(RessourceModele):
    """A column that the file hasn't is left alone; an area that its cell no longer names ended yesterday."""

    cle = "agences"
    nom = "Agences de développement"
    modele = Agence
    modeles = (Agence, Desserte)
    identite = ("slug",)
    attributs = {
        "nom": "nom",
        "niveau": "niveau",
        "siren": "siren",
        "adherente_du": "adherente_du",
        "adherente_au": "adherente_au",
        "fermee_le": "fermee_le",
        "courriel": "courriel",
        "telephone": "telephone",
        "adresse": "adresse",
        "site": "site",
        "presentation": "presentation",
        # No column has it: read from the base, to compare names.
        "nom_normalise": "nom_normalise",
    }
    colonnes = (
        Colonne(
            "identifiant",
            "Identifiant",
            Texte(longueur=120),
            ("slug", "adresse de la page"),
            aide="La fin de l'adresse de sa page. Vide pour une agence nouvelle, ou si le SIREN ou le nom suffit.",
            exemple="agence-de-developpement-de-l-aisne",
        ),
        Colonne(
            "nom",
            "Nom",
            Texte(longueur=200, obligatoire=True),
            ("agence", "nom de l'agence", "structure", "organisme"),
            True,
            "Le nom complet.",
            "Agence de développement de l'Aisne",
        ),
        Colonne(
            "niveau",
            "Niveau",
            Choix(
                NiveauAgence.choices,
                {
                    "région": NiveauAgence.REGIONALE.value,
                    "régional": NiveauAgence.REGIONALE.value,
                    "département": NiveauAgence.DEPARTEMENTALE.value,
                    "départemental": NiveauAgence.DEPARTEMENTALE.value,
                    "métropole": NiveauAgence.METROPOLITAINE.value,
                    "métropolitain": NiveauAgence.METROPOLITAINE.value,
                    "epci": NiveauAgence.INTERCOMMUNALE.value,
                    "intercommunal": NiveauAgence.INTERCOMMUNALE.value,
                    "intercommunalité": NiveauAgence.INTERCOMMUNALE.value,
                },
                obligatoire=True,
            ),
            ("echelon", "type d'agence"),
            aide="Une valeur de la liste. Il en faut un à une agence nouvelle.",
            exemple=str(NiveauAgence.DEPARTEMENTALE.label),
        ),
        Colonne("siren", "SIREN", Siren(), ("n° siren",), aide="Neuf chiffres. Vide : inconnu.", exemple="552100554"),
        Colonne(
            "regions",
            "Régions",
            ListeDe(Texte(), virgule=False),
            ("region", "régions desservies"),
            aide="Ce que l'agence dessert en entier : noms ou codes Insee, séparés par « ; ».",
            exemple="Hauts-de-France",
        ),
        Colonne(
            "departements",
            "Départements",
            ListeDe(Texte(), virgule=False),
            ("departement", "départements desservis"),
            aide="De même : noms ou codes.",
            exemple="02 ; 60",
        ),
        Colonne(
            "epci",
            "SIREN des intercommunalités",
            ListeDe(Siren()),
            ("intercommunalites", "siren des epci", "epci desservis"),
            aide="De même : SIREN des intercommunalités.",
            exemple="200093201",
        ),
        Colonne(
            "territoires",
            "Territoires",
            ListeDe(Texte(), virgule=False),
            ("territoires d'industrie", "territoires desservis"),
            aide="De même : nom, code ou fin de l'adresse de la page.",
            exemple="dunkerque",
        ),
        Colonne(
            "adherente_du",
            "Adhérente du CNER depuis le",
            Date(),
            ("adhesion", "date d'adhesion", "adhérente depuis le", "membre depuis le"),
            aide="Vide : elle ne l'est pas.",
            exemple="01/01/2019",
        ),
        Colonne(
            "adherente_au",
            "Adhérente du CNER jusqu'au",
            Date(),
            ("fin d'adhesion", "adhérente jusqu'au", "membre jusqu'au"),
            aide="Ce jour compris. Vide : sans fin prévue.",
        ),
        Colonne("fermee_le", "Fermée le", Date(), ("fermeture",), aide="Dernier jour d'activité."),
        Colonne(
            "courriel",
            "Adresse électronique",
            Courriel(),
            ("email", "e-mail", "mail", "mel"),
            aide="Jamais publiée.",
            exemple="contact@exemple.fr",
        ),
        Colonne("telephone", "Téléphone", Texte(longueur=30), ("tel",), aide="Publié.", exemple="03 00 00 00 00"),
        Colonne(
            "adresse",
            "Adresse postale",
            Texte(longueur=300, plusieurs_lignes=True),
            aide="Publiée.",
            exemple="1 place de l'Exemple, 02000 Laon",
        ),
        Colonne(
            "site",
            "Site internet",
            Texte(longueur=200),
            ("site web", "url"),
            aide="Publié.",
            exemple="https://www.exemple.fr",
        ),
        Colonne(
            "presentation",
            "Présentation",
            Texte(longueur=1500, plusieurs_lignes=True),
            aide="Publiée : ce que l'agence fait pour les entreprises et les collectivités.",
        ),
    )

    @classmethod
    def ouverte_a(cls, personne):
        return Agence.objects.ajoutables_par(personne)

    def valeurs_possibles(self):
        return {"regions": Region.objects.values_list("nom", flat=True)}

    # --- Comparing
    def commencer(self, lignes):
        super().commencer(lignes)
        self.par_siren, self.par_nom = {}, {}
        for (slug,), agence in self.existants.items():
            self._retenir(slug, agence.nom_normalise, agence.siren)
        self.lieux = Lieux()
        self.dessertes, self.zones_vues = defaultdict(list), {}
        # Those to come too: an area is said once.
        for desserte in Desserte.objects.exclude(au__lt=aujourdhui()).order_by("pk"):
            self.dessertes[desserte.agence_id].append(desserte)

    def _retenir(self, slug, nom_normalise, siren):
        self.par_nom.setdefault(nom_normalise, slug)
        if siren:
            self.par_siren.setdefault(siren, slug)

    def comparer(self, ligne):
        try:
            zones = {
                colonne: self.lieux.trouver(colonne, ligne.valeurs[colonne])
                for colonne in GENRES
                if colonne in ligne.valeurs
            }
        except Inconnu as inconnu:
            return refus(str(inconnu), inconnu.remede, self._libelle_de(inconnu.colonne), inconnu.texte)
        verdict = super().comparer(ligne)
        if verdict.seau == Seau.REFUSEE:
            return verdict
        slug = self._slug(ligne.valeurs)
        if verdict.seau == Seau.DOUBLON:
            return verdict if zones == self.zones_vues[slug] else self._deux_zones(verdict.libelle)
        self.zones_vues[slug] = zones
        self._desservir(verdict, slug, zones)
        return verdict

    def attributs_de(self, ligne):
        attributs = super().attributs_de(ligne)
        if "siren" in attributs:
            attributs["siren"] = attributs["siren"] or ""
        slug = self._slug(ligne.valeurs)
        objet = self.existants.get((slug,))
        if objet is None and "niveau" not in attributs:
            raise ValidationError({"niveau": "L'agence est nouvelle : il faut son niveau."})
        du, au = (attributs.get(nom, getattr(objet, nom, None)) for nom in ("adherente_du", "adherente_au"))
        if au and (du is None or au < du):
            raise ValidationError({"adherente_au": "Une adhésion qui finit a commencé, avant sa fin."})
        nom_normalise = normaliser(attributs["nom"])
        self._retenir(slug, nom_normalise, attributs.get("siren"))
        return attributs | {"slug": slug, "nom_normalise": nom_normalise}

    def _slug(self, valeurs):
        """Return the end of the address of the agency that a row names, old or new. Raises `ValidationError`."""
        demande, siren = valeurs.get("identifiant") or "", valeurs.get("siren") or ""
        if demande and (demande,) not in self.existants:
            raise ValidationError({"identifiant": f"Aucune agence n'a l'identifiant « {demande} » : videz la cellule."})
        dits = {demande, self.par_siren.get(siren, ""), self.par_nom.get(normaliser(valeurs["nom"]), "")} - {""}
        if len(dits) > 1:
            texte = "L'identifiant, le SIREN et le nom ne désignent pas la même agence"
            raise ValidationError({"nom": f"{texte} : {enumeration(sorted(dits))}."})
        pris = {*self.par_nom.values()}
        return dits.pop() if dits else slug_libre(valeurs["nom"], pris.__contains__)

    def _deux_zones(self, libelle):
        return refus(
            f"{libelle} est déjà dans ce fichier avec une autre zone.",
            "Mettez toute la zone sur une seule ligne, en séparant ses parties par « ; ».",
            self._libelle_de("nom"),
            libelle,
        )

    def _desservir(self, verdict, slug, zones):
        """Add to a verdict what the row changes of the area: what is new begins, what is no longer named ends."""
        agence = self.existants.get((slug,))
        actuelles = self.dessertes[agence.pk] if agence else []
        proprietaire = agence.pk if agence else operations.cle_de(f"{self.cle}/{slug}")
        hier = aujourdhui() - timedelta(days=1)
        for colonne, voulus in zones.items():
            champ = f"{GENRES[colonne].champ}_id"
            deja = {getattr(une, champ): une for une in actuelles if getattr(une, champ) is not None}
            if deja.keys() == set(voulus):
                continue
            for cle in voulus:
                if cle not in deja:
                    identifiant = f"{slug}/{colonne}/{cle}"
                    valeurs = {"agence_id": proprietaire, champ: cle}
                    verdict.operations.append(operations.creer(Desserte, identifiant, **valeurs))
            for cle, une in deja.items():
                if cle not in voulus:
                    verdict.operations.append(operations.modifier(une, au=max(hier, une.du or hier)))
            verdict.changements.append(
                {
                    "champ": GENRES[colonne].libelle,
                    "avant": self.lieux.dire(colonne, deja),
                    "apres": self.lieux.dire(colonne, voulus),
                }
            )
            if verdict.seau == Seau.INCHANGEE:
                verdict.seau = Seau.MODIFIEE

    # --- Saying
    def libelle(self, attributs):
        return attributs["nom"]

    def identites_lues(self, ligne):
        """A refused row may name an agency in any of three ways: none of them has disappeared."""
        valeurs = ligne.valeurs
        noms = (
            valeurs.get("identifiant"),
            self.par_siren.get(valeurs.get("siren") or ""),
            self.par_nom.get(normaliser(valeurs.get("nom") or "")),
        )
        yield from ((nom,) for nom in noms if nom)

    def _libelle_de(self, cle):
        return next(colonne.libelle for colonne in self.colonnes if colonne.cle == cle)

    def _changements(self, avant, apres):
        """Leave out what is not typed; say levels with their labels."""
        dits = [{nom: self._montrer(nom, etat[nom]) for nom in etat if nom not in DERIVES} for etat in (avant, apres)]
        return super()._changements(*dits)

    def _montrer(self, nom, valeur):
        return str(NiveauAgence(valeur).label) if nom == "niveau" and valeur else valeur
