from tests.drills import server


def test_a_server_killed_under_payments_loses_and_doubles_none(own_database, goals):
    server.run(own_database, goals, **server.SMALL)
    assert goals.met, goals.rows


def test_twin_a_server_that_answers_before_it_books_loses_payments(own_database, goals):
    server.run(own_database, goals, payments=40, kills=1, target="tests.drills.forgetful:app")
    assert "server killed: acknowledged payments lost after a blow" in goals.missed
