"""A phone system that gets another URL while there is something on its way to it."""

import shutil

from provisioning.delivery.phone_channel import PhoneChannel
from tests.delivery.site import Site


def test_what_is_on_its_way_to_a_phone_system_that_moves_goes_to_the_new_place_as_well(site: Site) -> None:
    user_id = site.create_user()
    relay, channel = site.relay(), PhoneChannel(site.house.application)
    (task,) = relay._exchange(100)
    (job,) = channel.prepare([task])
    shutil.copy(site.path(), site.path("moved"))
    url = f"sqlite:///{site.path('moved')}"
    site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", url=url)
    job()
    relay._keep(task, None)
    relay._exchange(0)
    channel.close()
    assert site.recorded("user").keys() == {user_id}
    site.deliver()
    assert site.recorded("user", "moved").keys() == {user_id}
    assert not site.outbox()
