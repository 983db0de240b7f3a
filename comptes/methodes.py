"""Which methods an address answers to: others get a page that says so, which the reader of an old link may meet."""

from functools import wraps

from django.shortcuts import render


def methodes(*permises):
    """Decorate a view that answers only to these methods."""

    def decorer(vue):
        @wraps(vue)
        def vue_limitee(request, *args, **kwargs):
            if request.method not in permises:
                reponse = render(request, "405.html", status=405)
                reponse["Allow"] = ", ".join(permises)
                return reponse
            return vue(request, *args, **kwargs)

        return vue_limitee

    return decorer


lire_seulement = methodes("GET", "HEAD")
lire_ou_ecrire = methodes("GET", "HEAD", "POST")
