import time, pytest
pytestmark = pytest.mark.django_db
def test_a(reference):
    from territoires.membres import Terrain
    import datetime
    t=time.time(); Terrain(datetime.date(2020,10,1)); print("terrain", time.time()-t)
def test_b(base_vide):
    pass
def test_c(base_vide):
    pass
