"""The walks know every door there is."""

from tests.walks import doors


def test_every_address_of_the_api_is_described_or_excused():
    assert doors.undescribed() == []


def test_every_described_operation_is_routed_to_a_view_with_an_audience():
    views = dict(doors.routed())
    views_of = {str(door): views[door.path].cls for door in doors.described()}
    assert [name for name, view in views_of.items() if not hasattr(view, "audience")] == []
